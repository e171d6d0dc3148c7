"""What a template is given: an answer and its request go in, frozen values with their links come out."""
