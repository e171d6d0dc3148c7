"""What a source found goes in; answers come out: frozen values that read on demand what is costly."""
