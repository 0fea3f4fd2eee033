"""python -m panorama."""

from panorama.cli import main

if __name__ == "__main__":
    main()
