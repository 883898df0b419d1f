export type NetworkListeners = {
  /** The page is looked at again; on a phone it may have been asleep. */
  seen(): void;
  /** The network is back, or is another: from Wi-Fi to mobile. */
  another(): void;
};

/** @returns takes the listeners off again */
export function onNetwork({ seen, another }: NetworkListeners): () => void {
  // Where the browser tells what network it has; only some do.
  const { connection } = navigator as Navigator & { connection?: EventTarget };
  const shown = (): void => {
    if (document.visibilityState === 'visible') seen();
  };
  window.addEventListener('online', another);
  connection?.addEventListener('change', another);
  document.addEventListener('visibilitychange', shown);
  return () => {
    window.removeEventListener('online', another);
    connection?.removeEventListener('change', another);
    document.removeEventListener('visibilitychange', shown);
  };
}
