/** Latencies of one kind of request, in milliseconds. */
export type Latencies = { requests: number; p50_ms: number; p99_ms: number; max_ms: number };

/** Every latency measured, exact: a run is short enough to keep them all. */
export class Samples {
  #values = new Float64Array(4096);
  #count = 0;

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = ms;
  }

  addAll(other: Samples): void {
    for (let i = 0; i < other.#count; i++) this.add(other.#values[i] ?? 0);
  }

  summary(): Latencies {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (share: number) => sorted[Math.min(this.#count - 1, Math.floor(this.#count * share))] ?? 0;
    return { requests: this.#count, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
  }
}

/** What a run counted. Nothing is counted before `begin`, so that the warm-up does not show. */
export class Tally {
  readonly #byName = new Map<string, Samples>();
  #counting = false;
  units = 0;
  errors = 0;
  /** The first wrong answer, in words. */
  firstError: string | null = null;

  begin(): void {
    this.#counting = true;
  }

  record(name: string, ms: number): void {
    if (!this.#counting) return;
    let samples = this.#byName.get(name);
    if (!samples) {
      samples = new Samples();
      this.#byName.set(name, samples);
    }
    samples.add(ms);
  }

  /** Counts work that is not one request each, as the entries of a Bundle. */
  count(units: number): void {
    if (this.#counting) this.units += units;
  }

  /** Errors count from the start: a server that fails in the warm-up is not measured either. */
  fail(words: string): void {
    this.errors++;
    this.firstError ??= words;
  }

  get names(): Record<string, Latencies> {
    return Object.fromEntries([...this.#byName].map(([name, samples]) => [name, samples.summary()]));
  }

  get all(): Latencies {
    const all = new Samples();
    for (const samples of this.#byName.values()) all.addAll(samples);
    return all.summary();
  }
}
