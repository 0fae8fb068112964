"""``python -m voltmile.cli``: the command line where no script is installed."""

from voltmile.cli import main

main()
