"""Posts 岗位: what must be staffed at a counter, and who holds it (AB岗)."""

from typing import Literal

from queue_server.domain.half_day import HalfDay
from queue_server.domain.value import Value

__all__ = ["Capacity", "Post"]

Capacity = Literal["A", "B", "relief"]
"""In which capacity a clerk stands at a counter: holder, deputy, or anybody else."""


class Post(Value, frozen=True, kw_only=True):
    """One post: its counter, its A holder and its B holders (account ids). `a` is None while nobody is named.

    department: whose work it is, for the sign on the counter 岗位牌; "" where none is to be told. roster 排班: by
    HalfDay.weekly, which holder stands there then, "" where nobody is to; where it says nothing it is A.
    """

    id: str
    name: str
    counter: int
    a: str | None = None
    b: tuple[str, ...] = ()
    department: str = ""
    roster: dict[str, str] = {}

    @property
    def holders(self) -> tuple[str, ...]:
        """A, if there is one, and the Bs."""
        return (*filter(None, (self.a,)), *self.b)

    def expected(self, when: HalfDay) -> str | None:
        """Who is to stand there by the roster; None when nobody is to, or A is to and nobody is named."""
        return self.roster.get(when.weekly, self.a) or None

    def staffed(self, when: HalfDay) -> bool:
        """Whether somebody is to stand there at all, when the hall is open."""
        return self.roster.get(when.weekly) != ""

    def capacity_of(self, clerk: str) -> Capacity:
        """In which capacity that clerk would stand there."""
        return "A" if clerk == self.a else "B" if clerk in self.b else "relief"

    def holds(self, clerk: str, capacity: Capacity) -> bool:
        """Whether the clerk may claim that capacity here; relief may be anybody."""
        return capacity == "relief" or (clerk == self.a if capacity == "A" else clerk in self.b)
