"""What a source found goes in; answers come out as frozen values, which read what is costly when it is looked at."""
