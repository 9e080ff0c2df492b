"""A real Redis for the tests: one a process, on a free port, that forgets everything at the end."""

import atexit
import shutil
import subprocess
import tempfile
import time
from functools import cache

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.process import free_port

__all__ = ["redis_url"]


@cache
def redis_url() -> str:
    """The address of the Redis of this process, which is started when it is first asked for."""
    folder, port = tempfile.mkdtemp(prefix="redis-"), free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--dir", folder, "--appendonly", "yes", "--save", ""],
        stdout=subprocess.DEVNULL,
    )

    def end() -> None:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    url = f"redis://127.0.0.1:{port}"
    with Redis.from_url(url) as client:
        for _ in range(200):
            try:
                client.ping()
                return url
            except RedisError:
                time.sleep(0.05)
    raise RuntimeError("redis-server did not start")
