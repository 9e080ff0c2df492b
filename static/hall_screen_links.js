// The hall screen's two links, as one: what is shown is only as alive as the worse of them.

import { banner } from "./banner.js";
import { hallNow } from "./hall_time.js";
import { connect } from "./live.js";

const WORSE = { live: 0, connecting: 1, lost: 2, stopped: 3 };

/**
 * Follow the topics `board` and `calls`.
 *
 * url       the hall's live address; token: the screen's own, null when it has none
 * onBoard   (state); onHint: (hint) of the board; onCall: (call, seq, epoch)
 * onTest    (id) somebody asks for a test sentence
 * onAlive   (alive) when it becomes so or not
 */
export function hallLinks({ url, token, onBoard, onHint, onCall, onTest, onAlive }) {
  const show = banner();
  const statuses = {};
  let alive = false;
  let calls = null;

  function follow(name, status) {
    statuses[name] = status;
    const worst = Object.values(statuses).reduce((a, b) => (WORSE[b.state] > WORSE[a.state] ? b : a));
    show(worst);
    if (alive === (worst.state === "live")) return;
    alive = !alive;
    onAlive(alive);
  }

  const board = connect({
    url,
    topic: "board",
    onState: onBoard,
    onHint,
    onStatus: (status) => follow("board", status),
  });

  function connectCalls(token) {
    calls?.close();
    calls = connect({
      url,
      topic: "calls",
      token: token ?? undefined,
      onCall,
      onHint: ({ test }) => onTest(test),
      onStatus(status) {
        if (status.state === "stopped" && token) connectCalls(null); // a revoked screen is still a screen
        else follow("calls", status);
      },
    });
  }
  connectCalls(token);

  return {
    isAlive: () => alive,
    /** The hall's time in milliseconds: the machine's own clock may be wrong. */
    now: () => hallNow(board),
    /** {epoch, seq, isLive} of the board; null before it has spoken. */
    standing() {
      const { state, asOf } = board.status();
      return asOf === undefined ? null : { epoch: "", seq: 0, ...board.position(), isLive: state === "live" };
    },
    /** A call was shown; health: how the voice fares, of a screen that speaks. */
    ack: (seq, health) => calls.ack(seq, health),
  };
}
