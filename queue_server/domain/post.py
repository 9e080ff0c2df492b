"""Posts 岗位: what must be staffed at a counter, and who holds it (AB岗)."""

from typing import Literal

from queue_server.domain.value import Value

__all__ = ["Capacity", "Post"]

Capacity = Literal["A", "B", "relief"]
"""In which capacity a clerk stands at a counter: holder, deputy, or anybody else."""


class Post(Value, frozen=True, kw_only=True):
    """One post: its counter, its A holder and its B holders (account ids). `a` is None while nobody is named.

    department: whose work it is, for the sign on the counter 岗位牌; "" where none is to be told.
    """

    id: str
    name: str
    counter: int
    a: str | None = None
    b: tuple[str, ...] = ()
    department: str = ""

    def holds(self, clerk: str, capacity: Capacity) -> bool:
        """Whether the clerk may claim that capacity here; relief may be anybody."""
        return capacity == "relief" or (clerk == self.a if capacity == "A" else clerk in self.b)
