"""The base of every record: frozen, strict, and closed to unknown keys."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Record(BaseModel):
    """A validated, immutable piece of the given problem.

    Pydantic does not hand ``strict`` down to nested models, so every record derives from this class.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


def _list_to_tuple(value: Any) -> Any:
    """TOML gives lists; records hold tuples, which cannot be changed."""
    return tuple(value) if isinstance(value, list) else value


Identifier = Annotated[str, Field(pattern=r"^[^\s|]+$")]
Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]

ByYear = Annotated[tuple[NonNegative, ...], BeforeValidator(_list_to_tuple)]
ByAge = Annotated[tuple[Share, ...], BeforeValidator(_list_to_tuple)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_list_to_tuple), Field(min_length=1)]
AsTuple = BeforeValidator(_list_to_tuple)
