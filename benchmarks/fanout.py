"""What it costs to hand one frame to many sockets, against the least that any process could do. Linux.

    python -m benchmarks.fanout [--sockets 100 1000 10000] [--without-node]

Each contender is a server of its own on one core; its readers are another process on another. A round is one frame of
300 bytes to all sockets; the next begins when the last reader has it. The columns:

    CPU     of the server, µs per delivered frame; and × the floor's
    last    ms from the command to the last reader's receipt; and × the floor's
    KiB     that the server's memory grew by per connected socket

Then one reader more in every hundred connects, takes little and reads nothing, and the rounds go on. The second table:

    CPU     per delivered frame, × what it was without them
    last    likewise: whether the others have to wait. "failed" when a round did not end within twenty seconds
    left    how many of the stalled are still connected after a while in which nothing is sent; the rest was cut off
    KiB     that the server's memory has grown by per stalled reader meanwhile, beside what the kernel keeps

The contenders take turns, and the best of several series counts: other work on the machine only ever adds. The floor
is a C program that sends ready bytes (`floor.c`), or, without a C compiler, `uvloop`. Node's ws takes part where npm
is, nginx with its nchan module where that is (Debian: libnginx-mod-nchan). Only the ratios within one run mean
anything.
"""

import argparse
import asyncio
import os
import resource
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

FRAME_BYTES = 300
DELIVERIES = 30_000  # in one series of rounds: some tenths of a second of work
SERIES = 6
STALLED_PERCENT = 1
STALL_ROUNDS = 240  # frames that more than fill what a socket and a server's buffer take for a reader who reads nothing
CUT_OFF_S = 8  # after which a stalled reader has been cut off, where that is done
STUCK_S = 20
GOALS = {"C floor": 1.5, "nchan": 1.0, "Node ws": 0.85}  # of the CPU per frame, × theirs, from 1,000 sockets on
HERE = Path(__file__).parent

NODE = """
const { WebSocketServer } = require("ws");
const readers = [];
const server = new WebSocketServer({ port: +process.argv[2], perMessageDeflate: false, backlog: 4096 });
server.on("connection", (reader) => readers.push(reader));
server.on("listening", () => console.log("ready"));
const frame = "x".repeat(+process.argv[3]);
process.stdin.on("data", () => { for (const reader of readers) reader.send(frame); });
process.stdin.on("end", () => process.exit(0));
"""


NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
NCHAN = """
daemon off; master_process off; pid {work}/nginx.pid; error_log stderr crit; worker_rlimit_nofile 40000;
load_module {module};
events {{ worker_connections 20000; }}
http {{
  access_log off; client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /live {{ nchan_subscriber websocket; nchan_channel_id live; nchan_subscriber_first_message newest; }}
    location = /publish {{ nchan_publisher; nchan_channel_id live; nchan_message_buffer_length 1; }}
  }}
}}
"""


# The contenders. Each says "ready" (with the process to measure, where it is another), accepts any number of sockets,
# and sends one frame to all for each line it reads.


async def _on_each_line(send: Callable[[], object], pid: int | None = None) -> None:
    """Call `send` for each line of standard input, until it ends. pid: the process to measure, None for this one."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def read() -> None:
        if not os.read(0, 64):
            loop.remove_reader(0)
            ended.set_result(None)
        else:
            send()

    loop.add_reader(0, read)
    print("ready" if pid is None else f"ready {pid}", flush=True)
    await ended


async def serve_bare(port: int) -> None:
    """uvloop's transports and nothing else: the floor of what Python can do."""
    from queue_server.push.connection import text_frame

    transports: list[asyncio.Transport] = []
    frame = text_frame(b"x" * FRAME_BYTES)

    class Reader(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(cast(asyncio.Transport, transport))  # uvloop's is one by its methods only

    def send() -> None:
        for transport in transports:
            transport.write(frame)

    await asyncio.get_running_loop().create_server(Reader, "127.0.0.1", port, backlog=4_096)
    await _on_each_line(send)


async def serve_jiaohao(port: int) -> None:
    """The product: its hub, its sessions, its uvicorn."""
    from queue_server.push.connection import connection_of
    from queue_server.push.hub import Hub
    from queue_server.push.live import Reader, live
    from queue_server.push.outbox import Limits
    from queue_server.push.presence import Presence
    from queue_server.push.source import Frame, Opening
    from queue_server.wire.resume import Position

    class Source:
        seq = 0

        async def open(self, hall: str, topic: str, asked: Position | None) -> Opening:
            return Opening([], self.seq)

        def snapshot(self, hall: str, topic: str) -> Opening:
            raise AssertionError("nobody is slow here")

        def head(self, hall: str, topic: str) -> int:
            return self.seq

        def first_subscriber(self, hall: str, topic: str) -> None: ...

        def last_gone(self, hall: str, topic: str) -> None: ...

    source, presence = Source(), Presence()
    hub = Hub(source, limits=Limits(heartbeat_s=86_400))  # readers count bytes

    def now() -> datetime:
        return datetime.now(UTC)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        connection = connection_of(scope, receive, send)
        await live(connection, Reader(hall="town", topic="board"), hub, presence, now)

    def publish() -> None:
        source.seq += 1
        hub.publish("town", "board", Frame(source.seq - 1, source.seq, now(), b"x" * FRAME_BYTES, {}))

    running = asyncio.create_task(hub.run())
    await _uvicorn(app, port)
    await _on_each_line(publish)
    running.cancel()


async def serve_starlette(port: int) -> None:
    """What one would write first: `send_text` in a loop."""
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocket, WebSocketDisconnect

    readers: list[WebSocket] = []
    text = "x" * FRAME_BYTES

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        readers.append(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            readers.remove(websocket)

    async def send() -> None:
        for reader in readers:
            await reader.send_text(text)

    sending: list[asyncio.Task[None]] = []
    await _uvicorn(Starlette(routes=[WebSocketRoute("/live", endpoint)]), port, ws="websockets-sansio")
    await _on_each_line(lambda: sending.append(asyncio.create_task(send())))


async def _uvicorn(app: Callable[[Any, Any, Any], Awaitable[None]], port: int, **settings: Any) -> None:
    """Start a server and leave it running."""
    from uvicorn import Server

    from queue_server.push.serving import server_config

    server = Server(server_config(app, port=port, lifespan="off", ws_ping_interval=None, **settings))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()


async def serve_nchan(port: int) -> None:
    """nginx in one process, which publishes to its readers what it is posted."""
    frame = b"x" * FRAME_BYTES
    post = b"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(frame), frame)
    with tempfile.TemporaryDirectory() as work:
        configuration = Path(work) / "nginx.conf"
        configuration.write_text(NCHAN.format(work=work, module=NCHAN_MODULE, port=port))
        nginx = await asyncio.create_subprocess_exec("nginx", "-p", work, "-c", str(configuration))
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except OSError:
                await asyncio.sleep(0.05)

        async def forget_answers() -> None:
            while await reader.read(65_536):
                pass

        forgetting = asyncio.create_task(forget_answers())
        await _on_each_line(lambda: writer.write(post), nginx.pid)
        nginx.terminate()
        await nginx.wait()
        forgetting.cancel()


CONTENDERS: dict[str, Callable[[int], Awaitable[None]]] = {
    "uvloop": serve_bare,
    "jiaohao": serve_jiaohao,
    "starlette": serve_starlette,
    "nchan": serve_nchan,
}


def receive(port: int, count: int, size: int, websocket: bool) -> None:
    """`floor receive`, for machines without a C compiler."""
    readers: dict[int, socket.socket] = {}
    poll = select.epoll()
    for _ in range(count):
        reader = socket.create_connection(("127.0.0.1", port))
        if websocket:
            _shake_hands(reader)
        readers[reader.fileno()] = reader
        poll.register(reader, select.EPOLLIN)
    print("ready", flush=True)
    missing = count * size
    while True:
        for fd, _ in poll.poll():
            got = len(readers[fd].recv(65_536))
            if not got:
                return
            missing -= got
        if missing == 0:
            print(time.monotonic_ns(), flush=True)
            missing = count * size


def stall(port: int, count: int, websocket: bool) -> None:
    """Connect, and read nothing more until standard input ends."""
    readers = []
    for _ in range(count):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_304)
        reader.connect(("127.0.0.1", port))
        if websocket:
            _shake_hands(reader)
        readers.append(reader)
    print("ready", flush=True)
    sys.stdin.read()


def _shake_hands(reader: socket.socket) -> None:
    request = b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    reader.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += reader.recv(4_096)


# The measurement.


@dataclass(frozen=True)
class Contender:
    """A program to measure. `command` ends before the port; `websocket`: whether its readers shake hands."""

    name: str
    command: list[str]
    frame_bytes: int
    websocket: bool
    after_port: tuple[str, ...] = ()


class Trial:
    """A contender with all its readers connected."""

    def __init__(self, contender: Contender, receiver: list[str], count: int, running: ExitStack) -> None:
        port = _free_port()
        self.contender = contender
        command = [*contender.command, str(port), *contender.after_port]
        self._server, self._pid = running.enter_context(_program(command, core=0))
        before_kib = _memory_kib(self._pid)
        arguments = [str(port), str(count), str(contender.frame_bytes), *(["ws"] if contender.websocket else [])]
        self._readers, _ = running.enter_context(_program([*receiver, *arguments], core=1))
        self._count = count
        self._rounds = max(4, DELIVERIES // count)
        self._running = running
        self._port = port
        self.cpu_us: list[float] = []  # by series
        self.last_ms: list[float] = []
        while _descriptors(self._pid) < count:
            time.sleep(0.1)  # the last wait in the listener's backlog
        time.sleep(0.3)  # accepted is not yet shaken hands, and memory is read next
        self.run_series()  # warms up; the best series counts in the end, and it will not be this one
        self.socket_kib = (_memory_kib(self._pid) - before_kib) / count

    def run_series(self) -> None:
        """Some rounds, each of which begins when the one before it has reached everybody."""
        lasts_ms = []
        cpu_before = _cpu_ns(self._pid)
        for _ in range(self._rounds):
            began = time.monotonic_ns()
            _write_line(self._server)
            lasts_ms.append((int(_read_line(self._readers)) - began) / 1e6)
        self.cpu_us.append((_cpu_ns(self._pid) - cpu_before) / 1e3 / (self._rounds * self._count))
        self.last_ms.append(statistics.median(lasts_ms))

    def stall(self) -> "Stalled":
        """Some rounds more, with readers beside the others who read nothing."""
        stalled = max(1, self._count * STALLED_PERCENT // 100)
        arguments = ["--stall", str(self._port), str(stalled), *(["ws"] if self.contender.websocket else [])]
        before_kib, before = _memory_kib(self._pid), _descriptors(self._pid)
        usual_us, usual_ms = statistics.median(self.cpu_us), statistics.median(self.last_ms)
        self._running.enter_context(_program([sys.executable, "-m", "benchmarks.fanout", *arguments], core=1))
        began = len(self.cpu_us)
        try:
            while (len(self.cpu_us) - began) * self._rounds < STALL_ROUNDS:
                self.run_series()
        except _Stuck:
            return Stalled(None, None, _descriptors(self._pid) - before, 0.0)
        cpu = statistics.median(self.cpu_us[began:]) / usual_us
        last = statistics.median(self.last_ms[began:]) / usual_ms
        deadline = time.monotonic() + CUT_OFF_S
        while _descriptors(self._pid) > before and time.monotonic() < deadline:
            time.sleep(0.1)
        return Stalled(cpu, last, _descriptors(self._pid) - before, (_memory_kib(self._pid) - before_kib) / stalled)


@dataclass(frozen=True)
class Stalled:
    """How a contender fared with readers who read nothing. cpu, last: × without them; None: it failed the others."""

    cpu: float | None
    last: float | None
    left: int
    kib: float


class _Stuck(SystemExit):
    """A program ended, or said nothing for STUCK_S."""


@contextmanager
def _program(command: list[str], core: int) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """A running program, once it is ready, and the process to measure; it ends when its standard input does."""
    cores = sorted(os.sched_getaffinity(0))
    program = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {cores[core % len(cores)]}),
    )
    try:
        ready, _, pid = _read_line(program).partition(" ")
        if ready != "ready":
            raise SystemExit(f"{command[:3]} did not start")
        yield program, int(pid or program.pid)
    finally:
        assert program.stdin is not None and program.stdout is not None
        program.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            program.wait(1)  # one with a child of its own ends it first
        program.terminate()
        program.wait(30)
        program.stdout.close()


def _write_line(program: "subprocess.Popen[str]") -> None:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()


def _read_line(program: "subprocess.Popen[str]") -> str:
    assert program.stdout is not None
    if not select.select([program.stdout], [], [], STUCK_S)[0]:
        raise _Stuck(f"{program.args!r} is stuck")
    line = program.stdout.readline()
    if not line:
        raise _Stuck(f"{program.args!r} ended")
    return line.strip()


def _cpu_ns(pid: int) -> int:
    """What all threads of a process have spent on a core."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())


def _descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _memory_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _contenders(work: Path, with_node: bool) -> tuple[list[Contender], list[str]]:
    """What there is to measure, the floor first; and the command of the readers."""
    me = [sys.executable, "-m", "benchmarks.fanout"]
    framed = FRAME_BYTES + 4  # header and payload
    contenders, receiver = [], [*me, "--receive"]
    if compiler := shutil.which("cc"):
        floor = str(work / "floor")
        subprocess.run([compiler, "-O2", "-o", floor, str(HERE / "floor.c")], check=True)
        contenders.append(Contender("C floor", [floor, "send"], framed, False, (str(framed),)))
        receiver = [floor, "receive"]
    contenders.append(Contender("uvloop", [*me, "--serve", "uvloop"], framed, False))
    contenders.append(Contender("jiaohao", [*me, "--serve", "jiaohao"], framed, True))
    contenders.append(Contender("starlette", [*me, "--serve", "starlette"], framed, True))
    if shutil.which("nginx") and NCHAN_MODULE.exists():
        contenders.append(Contender("nchan", [*me, "--serve", "nchan"], framed, True))
    node, npm = shutil.which("node"), shutil.which("npm")
    if with_node and node and npm:
        script = work / "server.js"
        script.write_text(NODE)
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(work), "ws@8"]
        if subprocess.run(install, capture_output=True, check=False).returncode == 0:
            contenders.append(Contender("Node ws", [node, str(script)], framed, True, (str(FRAME_BYTES),)))
        else:
            print("Node ws: left out, npm could not install it", file=sys.stderr)
    return contenders, receiver


def report(counts: list[int], with_node: bool) -> None:
    """Measure everything and print the table."""
    with tempfile.TemporaryDirectory() as work:
        contenders, receiver = _contenders(Path(work), with_node)
        for count in counts:
            print(f"\n{FRAME_BYTES} bytes to {count:,} sockets")
            print(f"{'':12}{'CPU µs':>8}{'× floor':>9}{'last ms':>9}{'× floor':>9}{'KiB/socket':>12}", flush=True)
            with ExitStack() as running:
                trials = [Trial(contender, receiver, count, running) for contender in contenders]
                measure(trials)
                report_stalled(trials, count)


def measure(trials: list[Trial]) -> None:
    """Run the contenders in turn, so that what the machine does meanwhile hits all alike, and print what came out."""
    for _ in range(SERIES):
        for trial in trials:
            trial.run_series()
    best = {trial.contender.name: (min(trial.cpu_us), min(trial.last_ms)) for trial in trials}
    floor_us, floor_ms = best[trials[0].contender.name]
    for trial in trials:
        cpu_us, last_ms = best[trial.contender.name]
        print(
            f"{trial.contender.name:12}{cpu_us:8.1f}{cpu_us / floor_us:9.2f}"
            f"{last_ms:9.2f}{last_ms / floor_ms:9.2f}{trial.socket_kib:12.1f}",
            flush=True,
        )
    ours_us, ours_ms = best["jiaohao"]
    kib = next(trial.socket_kib for trial in trials if trial.contender.name == "jiaohao")
    beside = {name: ours_us / us for name, (us, _) in best.items() if name in GOALS}
    goals = [f"CPU × {name} {ratio:.2f} ({GOALS[name]})" for name, ratio in beside.items()]
    print(f"jiaohao (goals): {', '.join(goals)}, last × floor {ours_ms / floor_ms:.2f} (2.0), KiB {kib:.1f} (24)")


def report_stalled(trials: list[Trial], count: int) -> None:
    """The same with readers who read nothing."""
    stalled = max(1, count * STALLED_PERCENT // 100)
    print(f"\nbeside them {stalled} that read nothing\n{'':12}{'CPU ×':>8}{'last ×':>9}{'left':>9}{'KiB/stalled':>12}")
    for trial in trials:
        fared = trial.stall()
        ratios = "  failed" + " " * 9 if fared.cpu is None else f"{fared.cpu:8.2f}{fared.last:9.2f}"
        print(f"{trial.contender.name:12}{ratios}{fared.left:9}{fared.kib:12.1f}", flush=True)
    print("jiaohao (goals): CPU × at most 1.2, last × at most 1.5, left 0")


def main() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--without-node", action="store_true")
    parser.add_argument("--serve", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--receive", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--stall", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        import uvloop

        uvloop.run(_serve(options.serve, int(options.rest[0])))
    elif options.receive:
        port, count, size, *websocket = options.rest
        receive(int(port), int(count), int(size), bool(websocket))
    elif options.stall:
        port, count, *websocket = options.rest
        stall(int(port), int(count), bool(websocket))
    else:
        report(options.sockets, not options.without_node)


async def _serve(name: str, port: int) -> None:
    await CONTENDERS[name](port)


if __name__ == "__main__":
    main()
