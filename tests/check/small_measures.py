"""Campaign measures for the nation of eight villages: each worth taking, none of them all the way."""

from __future__ import annotations

from typing import Any

MEASURES: dict[str, Any] = {
    "e_label": {
        "parcels_million_by_year": [0.5, 0.6],
        "base_share": 0.5,
        "share_max_by_year": [0.7, 0.8],
        "printer_cny_by_year": [800.0, 750.0],
        "printer_life_years": 1,
        "labels_per_printer_year": 20000.0,
        "saving_cny_per_label": 0.2,
        "co2_saved_kg_per_label": 0.001,
        "sheets_saved_per_label": 4.0,
    },
    "packaging": [
        {
            "id": "bazaar",
            "parcels_million_by_year": [0.3, 0.4],
            "rise_max_per_year": 0.2,
            "saving_cny_per_parcel": 0.15,
            "co2_saved_kg_per_parcel": 0.004,
            "step": [
                {"share": 0.15, "cny_per_parcel": 0.04},
                {"share": 0.5, "cny_per_parcel": 0.07},
                {"share": 0.2, "cny_per_parcel": 0.2},
            ],
        },
        {
            "id": "arcade",
            "parcels_million_by_year": [0.1, 0.1],
            "rise_max_per_year": 0.1,
            "saving_cny_per_parcel": 0.1,
            "co2_saved_kg_per_parcel": 0.003,
            "step": [{"share": 0.6, "cny_per_parcel": 0.03}],
        },
    ],
    "boxes": {
        "box_cny_by_year": [20.0, 18.0],
        "trips_per_box_year": 15.0,
        "loss_share": 0.04,
        "return_h": 0.01,
        "share_max": 0.1,
        "saving_cny_per_trip": 2.5,
        "co2_kg_per_box": 2.0,
        "co2_kg_per_return": 0.02,
        "co2_saved_kg_per_trip": 0.2,
        "end_value_share": 0.5,
    },
    "cutlery": {
        "orders_million_by_year": [0.4, 0.5],
        "saving_cny_per_set": 0.15,
        "co2_saved_kg_per_set": 0.002,
        "response": [
            {"cny_per_order": 0.0, "opt_out_share": 0.05},
            {"cny_per_order": 0.01, "opt_out_share": 0.2},
            {"cny_per_order": 0.04, "opt_out_share": 0.3},
        ],
    },
}

LIMITS: list[dict[str, Any]] = [
    {"id": "labels-2020", "kind": "labels", "year": 2020, "min_labels_million": 0.32},
    {
        "id": "labels-2021",
        "kind": "labels",
        "year": 2021,
        "min_labels_million": 0.9,
        "price_cny_per_unit": 3e5,
    },
    {
        "id": "foundation",
        "kind": "fund",
        "max_cny": 36000.0,
        "counts": ["e_label", "packaging", "boxes", "cutlery"],
    },
    {
        "id": "boxes-lent",
        "kind": "fund",
        "max_cny": 4000.0,
        "counts": ["boxes"],
        "price_cny_per_unit": 0.1,
    },
]
