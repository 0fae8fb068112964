"""`measures.toml`: e-labels, packaging, reusable boxes and cutlery from the book, and the limits on them."""

from __future__ import annotations

from .book import Book
from .known import RULE, Known, Tree, assume, derive
from .vehicles import YEARS

SEED = "Seed text 'Alibaba Green Logistics 2020'"
SPB_TARGETS = "Xinhua 2017-11-13 (SPB 2020 targets)"
LABELS = "People's Daily 2018 'China deliver 40b in parcels in greener way in 2017' (book: ewaybill_target)"
LABELS_2017 = 32
SHARE_2020 = 0.9
PLATFORM_SHARES = {"platform-1": 0.4, "platform-2": 0.15, "platform-3": 0.05}
STEP_SHARE = 0.05
ORDER_DAYS = 365
TERMS = ("e_label", "packaging", "boxes", "cutlery")


def parcels_million(book: Book) -> list[Known]:
    """Return the parcels of China by year."""
    return [book(f"national_parcels_{year}").times(1000, "million parcels") for year in YEARS]


def base_share(book: Book) -> Known:
    """Return the share of the parcels of 2017 that had an e-label."""
    parcels = book("national_parcels_2017")
    share = round(LABELS_2017 / parcels.value, 4)
    note = f"{LABELS_2017:g}bn labels in 2017 on {parcels.value:g}bn parcels; held without the measure"
    return Known(share, "derived", f"{LABELS}; {parcels.source}", note, "share")


def label_shares(base: Known) -> list[Tree]:
    """Return the share of the parcels that can have an e-label: straight from 2017 to the target of 2020."""
    found: list[Tree] = []
    for number, _ in enumerate(YEARS[:-1], start=1):
        share = base.value + (SHARE_2020 - base.value) * number / len(YEARS)
        note = "on the straight line from 2017 to the target of 2020"
        found.append(assume(round(share, 4), "share", note, base.value, SHARE_2020))
    note = "the post bureau's target for 2020 (book, note of ewaybill_target)"
    return [*found, Known(SHARE_2020, "sourced", SPB_TARGETS, note, "share")]


def e_label(book: Book) -> dict[str, Tree]:
    """Return the section of e-labels."""
    base = base_share(book)
    price = assume(800.0, "CNY", "thermal label printer; the same in all years", 400.0, 1500.0)
    return {
        "parcels_million_by_year": list[Tree](parcels_million(book)),
        "base_share": base,
        "share_max_by_year": label_shares(base),
        "printer_cny_by_year": [price] * len(YEARS),
        "printer_life_years": assume(4, "yr", "thermal head and feed at a few hundred labels a day", 3, 6),
        "labels_per_printer_year": assume(
            93000.0, "label/yr", "300 a day on 310 days: a small sender's counter", 31000.0, 310000.0
        ),
        "saving_cny_per_label": book("ewaybill_cost_saving"),
        "co2_saved_kg_per_label": book("ewaybill_co2"),
        "sheets_saved_per_label": book("ewaybill_paper_sheets"),
    }


def packaging_steps(book: Book, saving: Known) -> Tree:
    """Return the steps of adoption: the first at the book's central net cost, the last at its high end."""
    net = book("packaging_saving_cost")
    assert net.high is not None
    middle = (net.value + net.high) / 2
    words = ("the central value", "the middle", "the high end")
    return [
        {
            "share": assume(
                STEP_SHARE, "share", "three steps, one for each year of the steepest rise", 0.01, 0.15
            ),
            "cny_per_parcel": assume(
                round(amount + saving.value, 4),
                "CNY/parcel",
                f"{word} of the book's packaging_saving_cost ({amount:g}) plus the material saved "
                f"({saving.value:g}); that each step costs more is ours",
                0.0,
                round(net.high + saving.value, 4),
            ),
        }
        for amount, word in zip((net.value, middle, net.high), words, strict=True)
    ]


def platform(book: Book, name: str) -> dict[str, Tree]:
    """Return the section of a market platform."""
    share = PLATFORM_SHARES[name]
    why = f"{share:g} of China's parcels; the announcement names neither the platforms' parcels nor a share"
    carton, reduction = book("carton_price"), book("packaging_reduction_smart")
    saving = derive(
        round(carton.value * reduction.value, 4),
        "CNY/parcel",
        f"{reduction.value:g} of a carton of {carton.value:g} CNY",
        carton,
        reduction,
    )
    return {
        "id": name,
        "parcels_million_by_year": [
            assume(round(most, 1), "million parcels", why, round(0.5 * most, 1), round(1.5 * most, 1))
            for most in (share * known.value for known in parcels_million(book))
        ],
        "rise_max_per_year": assume(
            STEP_SHARE,
            "share",
            "290m packages a year were reached (book), 1 % of the three platforms' parcels; five times that",
            0.01,
            0.15,
        ),
        "saving_cny_per_parcel": saving,
        "co2_saved_kg_per_parcel": book("packaging_saving_co2"),
        "step": packaging_steps(book, saving),
    }


def boxes(book: Book) -> dict[str, Tree]:
    """Return the section of reusable boxes."""
    wage, reverse = book("driver_cost_loaded"), book("rpc_reverse_cost")
    price = book("rpc_box_price")
    return {
        "box_cny_by_year": [price.noted(f"{price.note}; the same in all years")] * len(YEARS),
        "trips_per_box_year": assume(24.0, "trip/yr", "out and back in a fortnight", 10.0, 50.0),
        "loss_share": book("rpc_loss_rate"),
        "return_h": reverse.times(1 / wage.value, "h/trip", f"{reverse.value:g} CNY at {wage.value:g} CNY/h"),
        "share_max": assume(0.05, "share", "half of what JD reckons with (book, rpc_jd_saving)", 0.01, 0.1),
        "saving_cny_per_trip": book("carton_price"),
        "co2_kg_per_box": assume(
            2.0736, "kg/box", "0.6 kg polypropylene x 3.456 (book, rpc_co2_per_use)", 1.0, 4.0
        ),
        "co2_kg_per_return": assume(0.02, "kg/trip", "reverse haul (book, rpc_co2_per_use)", 0.0, 0.1),
        "co2_saved_kg_per_trip": book("carton_co2"),
        "end_value_share": assume(0.5, "share", "boxes wear little, they are lost", 0.0, 1.0),
    }


def cutlery(book: Book) -> dict[str, Tree]:
    """Return the section of cutlery."""
    daily, before, after = (
        book(name) for name in ("eleme_orders_per_day", "cutlery_optout_before", "cutlery_optout_after")
    )
    assert after.high is not None
    orders = daily.times(ORDER_DAYS, "million orders", f"x {ORDER_DAYS} days; the same in all years")
    most = assume(after.high, "share", "the book's high end of cutlery_optout_after", after.value, after.high)
    cheap = assume(0.005, "CNY/order", "default and green points for every order: no source", 0.001, 0.02)
    dear = assume(0.02, "CNY/order", "four times as much for the book's high end", 0.01, 0.1)
    return {
        "orders_million_by_year": [orders] * len(YEARS),
        "saving_cny_per_set": book("cutlery_cost"),
        "co2_saved_kg_per_set": book("cutlery_co2"),
        "response": [
            {"cny_per_order": Known(0.0, "derived", RULE, "no measure"), "opt_out_share": before},
            {"cny_per_order": cheap, "opt_out_share": after},
            {"cny_per_order": dear, "opt_out_share": most},
        ],
    }


def measures_book(book: Book) -> dict[str, Tree]:
    """Return `measures.toml`."""
    return {
        "e_label": e_label(book),
        "packaging": [platform(book, name) for name in PLATFORM_SHARES],
        "boxes": boxes(book),
        "cutlery": cutlery(book),
    }


def limits(book: Book) -> list[Tree]:
    """Return the limits of the announcement on the measures: 40 billion e-labels and a foundation."""
    last = YEARS[-1]
    return [
        {
            "id": f"labels-{last}",
            "kind": "labels",
            "year": Known(last, "derived", RULE, "the last year of the horizon", "yr"),
            "min_labels_million": book("ewaybill_target").times(
                1000, "million labels", "counted from the first year of the horizon"
            ),
        },
        {
            "id": "foundation",
            "kind": "fund",
            "max_cny": Known(3e8, "sourced", SEED, "a foundation of RMB 300 million, in all years", "CNY"),
            "counts": list[Tree](TERMS),
        },
    ]
