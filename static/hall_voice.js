// How the hall wants its calls spoken: the twin of display/hall_voice.py. tests/vectors/hall_voice.json drives both.

const isPercent = (value) => Number.isInteger(value) && value >= 0 && value <= 100;
const isText = (value) => typeof value === "string";
const isSpan = (value) => Array.isArray(value) && value.length === 3 && value.slice(0, 2).every(isText) && isPercent(value[2]);

/** By what sound is multiplied to be heard at so many percent: all of it is made at 85. */
export const gainOf = (percent) => percent / 85;

/**
 * The hall's voice in the state of a board: {languages, repeat, usual, volumeAt(ms)}; volumeAt gives percent, 0 is silence; usual:
 * percent outside of all times of day that have a volume of their own.
 *
 * What the board does not say, or says in a shape that this version does not know, is as usual.
 */
export function hallVoice({ voice, hall }) {
  const { languages, repeat, volume, spans } = voice ?? {};
  const known = Array.isArray(languages) && languages.length > 0 && languages.every(isText);
  const times = Array.isArray(spans) ? spans.filter(isSpan) : [];
  const usual = isPercent(volume) ? volume : 85;
  const clock = clockOf(hall?.timezone);
  return {
    languages: known ? languages : ["zh"],
    repeat: Number.isInteger(repeat) && repeat >= 1 ? repeat : 2,
    usual,
    volumeAt(ms) {
      const local = clock.format(ms);
      return times.find(([start, end]) => start <= local && local < end)?.[2] ?? usual;
    },
  };
}

const clocks = new Map(); // by time zone: making one takes longer than all the rest

/** "HH:MM" in that time zone; in UTC for one that is not known here. */
function clockOf(timeZone) {
  if (!clocks.has(timeZone)) clocks.set(timeZone, newClock(timeZone));
  return clocks.get(timeZone);
}

function newClock(timeZone) {
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...style, timeZone: isText(timeZone) ? timeZone : "UTC" });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...style, timeZone: "UTC" });
  }
}
