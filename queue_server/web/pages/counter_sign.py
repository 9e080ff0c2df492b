"""The sign on a counter 岗位牌: who is on duty there and in which post, with their photo. Of nobody else."""

from queue_server.engine.hall_runner import HallRunner
from queue_server.records.photos import Photo
from queue_server.web.server import Server

__all__ = ["photo_on_duty", "sign"]


async def sign(server: Server, runner: HallRunner, counter: int) -> dict[str, str]:
    """`{clerk, post?, department?, photo?}`, `{}` when nobody is on duty. photo: its digest."""
    duty = runner.day.duties.get(counter)
    name = None if duty is None else (await server.names.of({duty.clerk})).get(duty.clerk)
    if duty is None or name is None:
        return {}
    found = {"clerk": name}
    post = runner.day.hall.posts.get(duty.post or "")
    if post is not None:
        found["post"] = post.name
        if post.department:
            found["department"] = post.department
    if (photo := (await server.records.photos.digests([duty.clerk])).get(duty.clerk)) is not None:
        found["photo"] = photo
    return found


async def photo_on_duty(server: Server, runner: HallRunner, counter: int) -> Photo | None:
    """The photo of whoever is on duty there; None when nobody is, or has none."""
    duty = runner.day.duties.get(counter)
    return None if duty is None else await server.records.photos.get(duty.clerk)
