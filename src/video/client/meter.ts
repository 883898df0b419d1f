export type Meter = {
  /** `level`: 0 … 1; `silentMs`: for how long there has been nothing but zeros. Null: the browser lets no sound be looked at yet. */
  read(): { level: number; silentMs: number } | null;
  close(): void;
};

/** How loud a stream is, as often as it is read. */
export function createMeter(stream: MediaStream): Meter {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let silentSince: number | null = null;
  return {
    read() {
      // iOS suspends what was made without a touch, and what a call interrupted.
      if (context.state !== 'running') {
        void context.resume().catch(() => {});
        return null;
      }
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      silentSince = power > 0 ? null : (silentSince ?? performance.now());
      return {
        level: Math.min(1, Math.sqrt(power) * 3),
        silentMs: silentSince === null ? 0 : performance.now() - silentSince,
      };
    },
    close: () => void context.close().catch(() => {}),
  };
}
