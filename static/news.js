// What is news of what stands, and what only flutters about its threshold.

const QUIET_MS = 60000; // what comes again sooner, and no worse, is no news

export class News {
  #stood = new Map(); // by key: by grade, when it last stood at that grade or a worse one

  /** The keys of what is new, or worse than lately. grades: a Map, 0 the least; now: milliseconds of a steady clock. */
  of(grades, now) {
    const news = [];
    for (const [key, grade] of grades) {
      const stood = this.#stood.get(key) ?? [];
      if (!(now - stood[grade] < QUIET_MS)) news.push(key);
      for (let least = 0; least <= grade; least += 1) stood[least] = now;
      this.#stood.set(key, stood);
    }
    for (const [key, [last]] of this.#stood) if (now - last >= QUIET_MS) this.#stood.delete(key);
    return news;
  }
}
