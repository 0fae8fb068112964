"""Campaign measures: e-labels, packaging, reusable boxes, cutlery; what each can do, costs and saves."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self, TypeVar

from pydantic import Field, model_validator

from voltmile.problem.records import AsTuple, ByYear, Identifier, NonNegative, Positive, Record, Share

Kind = TypeVar("Kind", bound=Record)

SharesByYear = Annotated[tuple[Share, ...], AsTuple]
PositiveByYear = Annotated[tuple[Positive, ...], AsTuple]

ROUNDING = 1e-9
"""Slopes and sums of decimal numbers differ by this much without meaning it."""


class ELabel(Record):
    """Labels that stand on the parcel itself instead of on sheets of paper, beyond those there are anyway.

    Attributes
    ----------
    base_share : float
        Share of the parcels that has an e-label in every year without the measure.
    share_max_by_year : tuple of float
        Share of the parcels that can have one.
    """

    parcels_million_by_year: ByYear
    base_share: Share
    share_max_by_year: SharesByYear
    printer_cny_by_year: ByYear
    printer_life_years: Annotated[int, Field(ge=1)]
    labels_per_printer_year: Positive
    saving_cny_per_label: NonNegative
    co2_saved_kg_per_label: NonNegative
    sheets_saved_per_label: NonNegative

    @model_validator(mode="after")
    def _shares_do_not_fall_below_the_base(self) -> Self:
        least = min(self.share_max_by_year, default=self.base_share)
        if least < self.base_share:
            raise ValueError(
                f"share_max_by_year has {least}, below base_share {self.base_share}; valid: that or more"
            )
        return self


class PackagingStep(Record):
    """A further share of a platform's parcels in better packaging, at a cost of its own."""

    share: Annotated[float, Field(gt=0, le=1)]
    cny_per_parcel: NonNegative


class Platform(Record):
    """Right-sized or recycled packaging on a market platform; each step of adoption costs more a parcel.

    Attributes
    ----------
    rise_max_per_year : float
        By how much the share of the parcels can rise from a year to the next; before the first year it is 0.
    """

    id: Identifier
    parcels_million_by_year: PositiveByYear
    rise_max_per_year: Share
    saving_cny_per_parcel: NonNegative
    co2_saved_kg_per_parcel: NonNegative
    step: Annotated[tuple[PackagingStep, ...], AsTuple, Field(min_length=1)]

    @model_validator(mode="after")
    def _cost_is_convex(self) -> Self:
        costs = [step.cny_per_parcel for step in self.step]
        if any(later < earlier for earlier, later in pairwise(costs)):
            raise ValueError(f"step.cny_per_parcel {costs} falls; valid: steps that cost more and more")
        shares = sum(step.share for step in self.step)
        if shares > 1 + ROUNDING:
            raise ValueError(f"step.share sums to {shares:g}; valid: at most 1")
        return self


class Boxes(Record):
    """Reusable boxes in a closed loop in every city: bought, sent out, returned on the same vehicles, lost.

    Attributes
    ----------
    loss_share : float
        Of the trips of a box, those from which it does not come back.
    return_h : float
        Driver time to take a box back.
    share_max : float
        Share of a city's parcels that can travel in a box.
    end_value_share : float
        What a box left after the last year is worth, as a share of its price.
    """

    box_cny_by_year: ByYear
    trips_per_box_year: Positive
    loss_share: Share
    return_h: NonNegative
    share_max: Share
    saving_cny_per_trip: NonNegative
    co2_kg_per_box: NonNegative
    co2_kg_per_return: NonNegative
    co2_saved_kg_per_trip: NonNegative
    end_value_share: Share

    @model_validator(mode="after")
    def _no_more_is_lost_than_there_is(self) -> Self:
        lost = self.loss_share * self.trips_per_box_year
        if lost > 2:
            raise ValueError(
                f"loss_share * trips_per_box_year is {lost:g}: more boxes would be lost in a year than there "
                "are; valid: at most 2"
            )
        return self

    @property
    def boxes_per_trip(self) -> float:
        """Boxes it takes at the start of a year to make one trip a year, half a year's loss included."""
        return 1 / self.trips_per_box_year + self.loss_share / 2


class ResponsePoint(Record):
    """What share of the orders goes without cutlery when so much is spent for each order."""

    cny_per_order: NonNegative
    opt_out_share: Share


class Cutlery(Record):
    """Meal orders without cutlery: the more is spent on the default and on incentives, the more opt out."""

    orders_million_by_year: ByYear
    saving_cny_per_set: NonNegative
    co2_saved_kg_per_set: NonNegative
    response: Annotated[tuple[ResponsePoint, ...], AsTuple, Field(min_length=2)]

    @model_validator(mode="after")
    def _response_is_concave(self) -> Self:
        spent = [point.cny_per_order for point in self.response]
        if spent[0] != 0 or any(later <= earlier for earlier, later in pairwise(spent)):
            raise ValueError(f"response.cny_per_order {spent} must rise strictly from 0")
        slopes = self.slopes
        if any(later > earlier + ROUNDING for earlier, later in pairwise([*slopes, 0.0])):
            shown = ", ".join(f"{slope:.6g}" for slope in slopes)
            raise ValueError(
                f"response has the slopes {shown} (share for each CNY an order); valid: slopes that never "
                "rise and are not negative"
            )
        return self

    @property
    def slopes(self) -> tuple[float, ...]:
        """Opt-out share gained by each CNY an order, piece by piece."""
        return tuple(
            (after.opt_out_share - before.opt_out_share) / (after.cny_per_order - before.cny_per_order)
            for before, after in pairwise(self.response)
        )

    @property
    def no_response(self) -> float:
        """Share that opts out without the measure."""
        return self.response[0].opt_out_share


class Measures(Record):
    """What ``measures.toml`` holds: any of the four measures."""

    e_label: ELabel | None = None
    packaging: Annotated[tuple[Platform, ...], AsTuple] = ()
    boxes: Boxes | None = None
    cutlery: Cutlery | None = None

    @property
    def platform_by_id(self) -> dict[str, Platform]:
        """Platform by id."""
        return {platform.id: platform for platform in self.packaging}

    def of_share(self, share: float) -> Measures:
        """Return the measures of a part of the nation: its share of the national parcels and orders."""
        return Measures(
            e_label=self.e_label and _scaled(self.e_label, "parcels_million_by_year", share),
            packaging=tuple(_scaled(p, "parcels_million_by_year", share) for p in self.packaging),
            boxes=self.boxes,
            cutlery=self.cutlery and _scaled(self.cutlery, "orders_million_by_year", share),
        )


def _scaled(record: Kind, field: str, factor: float) -> Kind:
    return record.model_copy(update={field: tuple(factor * value for value in getattr(record, field))})
