"""How fast, against a floor measured in the same run. One command: `make bench`. Not part of the tests."""
