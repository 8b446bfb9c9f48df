import { oneOf } from './database-faults.ts';
import type { Kind, Scene } from './storm.ts';

const anyCopy = ({ copyCount, random }: Scene): number => Math.floor(random() * copyCount);

export const COPY_KILLED: Kind = {
  name: 'a copy killed (SIGKILL)',
  strike: async (scene) => {
    await scene.copies.kill([anyCopy(scene)]);
    return undefined;
  },
};

export const ALL_KILLED: Kind = {
  name: 'all copies killed and started at once',
  strike: async ({ copies, copyCount }) => {
    await copies.kill(Array.from({ length: copyCount }, (_, place) => place));
    return undefined;
  },
};

export const COPY_RESTARTED: Kind = {
  name: 'a copy restarted (SIGTERM)',
  strike: async (scene) => {
    await scene.copies.restart(anyCopy(scene));
    return undefined;
  },
};

/** Seconds that the clock of a copy is wrong by. */
const WRONG = [-3600, -300, -30, 30, 300, 3600];

/** A copy's clock leaps, and stays wrong until another one's does, or its process is another one. */
export const CLOCK_MOVED: Kind = {
  name: "a copy's clock moved",
  strike: (scene) => {
    for (let place = 0; place < scene.copyCount; place++) scene.copies.moveClock(place, 0);
    const seconds = oneOf(WRONG, scene.random);
    scene.copies.moveClock(anyCopy(scene), seconds * 1000);
    return Promise.resolve({ [`clock moved by ${seconds} s`]: 1 });
  },
};
