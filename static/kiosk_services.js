// Finding a service: by its name, by its department, or among what people come for most.

import { api } from "./api.js";

const KEEP_MS = 60_000; // what a hall offers changes seldom, and this is how long a kiosk may not notice

/** What the hall offers. Each call gives the services in the order to show them, or null while the server is away. */
export function serviceFinder({ hall, token }) {
  let all = [];
  let read = -Infinity;

  const search = (query) =>
    api("GET", `/api/v1/halls/${hall}/services?q=${encodeURIComponent(query)}`, undefined, { token });

  async function everything() {
    if (performance.now() - read < KEEP_MS) return all;
    const answer = await search("");
    if (!answer.ok) return null;
    all = answer.body.services;
    read = performance.now();
    return all;
  }

  return {
    search,

    /** Where what nobody does here is done: {name, department, at}; undefined when nobody knows. */
    async elsewhere(query) {
      const answer = await api("GET", `/kiosk/${hall}/elsewhere?q=${encodeURIComponent(query)}`, undefined, { token });
      return answer.ok ? answer.body.services[0] : undefined;
    },

    /** [{name, services}], the department with most services first. */
    async departments() {
      const services = await everything();
      if (services === null) return null;
      const names = [...new Set(services.map(({ department }) => department))];
      return names
        .map((name) => ({ name, services: services.filter(({ department }) => department === name) }))
        .sort((a, b) => b.services.length - a.services.length);
    },

    async popular() {
      const [services, answer] = await Promise.all([everything(), api("GET", `/kiosk/${hall}/popular`)]);
      if (services === null || !answer.ok) return null;
      return answer.body.services.map((no) => services.find((service) => service.no === no)).filter(Boolean);
    },
  };
}
