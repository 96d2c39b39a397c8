"""`python -m cloud` is `scent-cloud`."""

from cloud.cli import main

if __name__ == "__main__":
    main()
