"""A loudspeaker for tests, as a program: keeps what it was given to play, and from when to when it played.

    loudspeaker.py FOLDER SPEED WAV

Time goes SPEED times as fast. `FOLDER/{begin}-{end}.wav`: seconds of the machine's monotonic clock.
"""

import sys
import time
import wave
from pathlib import Path

if __name__ == "__main__":
    folder, speed, wav = Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    begins = time.monotonic()
    with wave.open(str(wav)) as file:
        time.sleep(file.getnframes() / file.getframerate() / speed)
    (folder / f"{begins:.6f}-{time.monotonic():.6f}.wav").write_bytes(wav.read_bytes())
