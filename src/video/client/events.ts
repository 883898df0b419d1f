export type Events<T> = {
  /** @returns takes the listener off again */
  on<K extends keyof T>(event: K, listener: (value: T[K]) => void): () => void;
  tell<K extends keyof T>(event: K, value: T[K]): void;
};

export function createEvents<T>(): Events<T> {
  const listeners = new Map<keyof T, Set<(value: never) => void>>();
  return {
    on(event, listener) {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all);
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(event, value) {
      // `on` lets in what takes this event's value alone.
      for (const listener of listeners.get(event) ?? []) (listener as (value: unknown) => void)(value);
    },
  };
}
