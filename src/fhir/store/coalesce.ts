/**
 * Collects what arrives while a batch is in flight and hands it on as one batch.
 * There is no timer: an idle lane starts at the end of the current turn of the event loop. While a batch is in flight,
 * another joins it only when it is as large as what is in flight: the database works on one while we answer the other, and
 * neither shrinks to the few that happened to arrive first.
 */
export type Lane<Item, Answer> = { push(item: Item): Promise<Answer> };

type Waiting<Item, Answer> = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void };

export type LaneOptions<Item, Answer> = {
  /** Runs one batch; answers stand in the order of the items. */
  run: (items: Item[]) => Promise<Answer[]>;
  /** Batches in flight at a time. */
  width: number;
  /** Items in one batch, by weight. */
  maxWeight: number;
  weight?: (item: Item) => number;
  /** Items with the same identity never share a batch, nor are they in flight at the same time. */
  identity?: (item: Item) => readonly string[];
  /** Whether a batch that failed with this error may be run again, item by item, to find the one at fault. */
  separable?: (error: unknown) => boolean;
};

export function lane<Item, Answer>(options: LaneOptions<Item, Answer>): Lane<Item, Answer> {
  const { run, width, maxWeight, weight = () => 1, identity, separable = () => false } = options;
  let queue: Waiting<Item, Answer>[] = [];
  let inFlight = 0;
  let itemsInFlight = 0;
  let scheduled = false;
  const busy = new Set<string>();

  function take(): Waiting<Item, Answer>[] {
    const batch: Waiting<Item, Answer>[] = [];
    const left: Waiting<Item, Answer>[] = [];
    // An item that must wait holds back later items of its identity too, or they would overtake it.
    const heldBack = new Set<string>();
    let total = 0;
    for (const waiting of queue) {
      const names = identity?.(waiting.item) ?? [];
      const full = batch.length > 0 && total + weight(waiting.item) > maxWeight;
      if (full || names.some((name) => busy.has(name) || heldBack.has(name))) {
        for (const name of names) heldBack.add(name);
        left.push(waiting);
        continue;
      }
      for (const name of names) busy.add(name);
      total += weight(waiting.item);
      batch.push(waiting);
    }
    queue = left;
    return batch;
  }

  async function settle(batch: Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await run(batch.map(({ item }) => item));
      for (const [index, waiting] of batch.entries()) waiting.resolve(answers[index] as Answer);
    } catch (error) {
      if (batch.length === 1 || !separable(error)) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      await Promise.all(batch.map((waiting) => settle([waiting])));
    }
  }

  function flush(): void {
    scheduled = false;
    while (inFlight < width && queue.length > 0 && queue.length >= itemsInFlight) {
      const batch = take();
      if (batch.length === 0) return;
      inFlight++;
      itemsInFlight += batch.length;
      settle(batch).then(() => {
        inFlight--;
        itemsInFlight -= batch.length;
        if (identity) for (const { item } of batch) for (const name of identity(item)) busy.delete(name);
        if (queue.length > 0) flush();
      });
    }
  }

  return {
    push(item) {
      return new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        if (scheduled || inFlight >= width || queue.length < itemsInFlight) return;
        scheduled = true;
        setImmediate(flush);
      });
    },
  };
}
