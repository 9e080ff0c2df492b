"""Draws docs/pictures/slip-*.png, slips as a printer makes them of what it was sent: `python -m scripts.slips`."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace
from PIL import Image

from queue_server import catalogue
from queue_server.domain.printer import Printer
from queue_server.domain.service import Guide
from queue_server.printing.escpos_text import text_job
from queue_server.printing.notice import notice, trial
from queue_server.printing.raster import image_job
from queue_server.printing.slip import Slip
from tests.domain.halls import township
from tests.printing.slips import AT, TICKET, a_slip, english, long_names
from tests.printing.socket_printer import draw, read

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
ADDRESS = "https://hall.example/t/town.q3TtZ0yXh2m8VwJc5kLr7A"
GUIDE = Guide(
    materials=("居民身份证原件及复印件", "近期一寸免冠照片两张", "填好的申请表（窗口可领取）"),
    steps=("窗口受理", "审核", "领取结果"),
    promised_limit="3 个工作日",
    fee="不收费",
    consult_phone="0379-12345",
)


def slips() -> dict[str, Slip]:
    """Every kind of slip, by name."""
    hall = township(name_en="Qingshan Township Service Centre", phone="0379-12345")
    busy = {"ahead": 27, "closes": AT + timedelta(minutes=10)}
    return {
        "ticket": a_slip(hall, service="居民身份证换领", address=ADDRESS),
        "english": a_slip(hall, _=english, english=True, address=ADDRESS),
        "long-names": a_slip(long_names(), replace(TICKET, priority="military"), **busy),
        "reprint": a_slip(hall, copy=True, estimate=None),
        "notice": notice(hall, catalogue.by_number()[1], GUIDE, AT, str),
        "trial": trial(hall, Printer(id="front", name="取号机打印机", connection="network", host="printer"), AT, str),
    }


def main() -> None:
    """One picture for each slip: as text and as an image, on 80 and on 58 mm."""
    for name, slip in slips().items():
        papers = [
            draw(paper, width_mm) for width_mm in (80, 58) for job in (text_job, image_job)
            for paper in read(job(slip, width_mm))
        ]  # fmt: skip
        gap = 40
        sheet = Image.new("L", (sum(p.width + gap for p in papers) + gap, max(p.height for p in papers) + 2 * gap), 225)
        left = gap
        for paper in papers:
            sheet.paste(paper, (left, gap))
            left += paper.width + gap
        sheet.save(FOLDER / f"slip-{name}.png", optimize=True)
        print(f"slip-{name}")


if __name__ == "__main__":
    main()
