"""An element of an XML file, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from voltmile.problem.benchmarks.errors import BenchmarkError
from voltmile.problem.benchmarks.source import Source


@dataclass(frozen=True, slots=True)
class Branch:
    """An element and the file it stands in.

    Attributes
    ----------
    source : Source
    element : Element
    place : str
        What to call it in a message.
    """

    source: Source
    element: Element
    place: str

    def error(self, message: str) -> BenchmarkError:
        """Return the error for this element."""
        return self.source.error(self.place, message)

    def children(self, tag: str) -> list[Branch]:
        """Return the children of a name, at least one.

        Raises
        ------
        BenchmarkError
            If there is none.
        """
        found = self.element.findall(tag)
        if not found:
            raise self.error(f"<{tag}> is missing")
        return [Branch(self.source, child, self._name(child)) for child in found]

    def _name(self, child: Element) -> str:
        own = next((child.attrib[key] for key in ("id", "cs_type") if key in child.attrib), "")
        return f"{child.tag} {own}" if own else child.tag

    def child(self, tag: str) -> Branch:
        """Return the only child of a name.

        Raises
        ------
        BenchmarkError
            If there is none or more than one.
        """
        found = self.children(tag)
        if len(found) > 1:
            raise self.error(f"has {len(found)} times <{tag}>; valid: once")
        return found[0]

    def only(self, *tags: str) -> None:
        """Refuse children that would change the problem without being understood.

        Raises
        ------
        BenchmarkError
        """
        for child in self.element:
            if child.tag not in tags:
                raise self.error(f"<{child.tag}> is not known here; valid: {', '.join(tags)}")

    def attribute(self, name: str) -> str:
        """Return an attribute.

        Raises
        ------
        BenchmarkError
            If it is missing.
        """
        if name not in self.element.attrib:
            raise self.error(f"attribute {name} is missing")
        return self.element.attrib[name].strip()

    def text(self, tag: str) -> str:
        """Return the text of a child."""
        return (self.child(tag).element.text or "").strip()

    def number(self, tag: str, least: float = float("-inf")) -> float:
        """Return the number in a child."""
        return self.source.number(self.text(tag), self.place, tag, least)

    def positive(self, tag: str) -> float:
        """Return the number in a child, which must be above 0."""
        value = self.number(tag, least=0)
        if value == 0:
            raise self.error(f"{tag} is 0; valid: more than 0")
        return value
