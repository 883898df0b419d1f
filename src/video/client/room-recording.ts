import type { RecordingState } from '../signalling/messages.ts';
import { createRecorder, type Recorder, type Shot } from './recorder.ts';
import type { RoomOptions } from './room.ts';
import type { RoomState } from './room-state.ts';

export type RoomRecordingOptions = {
  upload: RoomOptions['upload'];
  get(): RoomState;
  set(patch: Partial<RoomState>): void;
};

export type RoomRecording = {
  /** @param hello it is the first that is told over this socket */
  take(recording: RecordingState, hello: boolean): void;
  /** Who is in it changed. */
  cast(): void;
  close(): void;
};

/** Records while the server says that it is this browser that does, and only while it says so. */
export function createRoomRecording({ upload, get, set }: RoomRecordingOptions): RoomRecording {
  let recorder: Recorder | null = null;
  let of: string | null = null;

  const shots = (): Shot[] => {
    const { self, localStream, peers } = get();
    const own = self !== null && localStream !== null ? [{ id: self.id, stream: localStream }] : [];
    const others = peers.flatMap(({ id, stream, state }) =>
      stream !== null && state === 'admitted' ? [{ id, stream }] : [],
    );
    return [...own, ...others];
  };

  function end(): void {
    recorder?.stop();
    recorder = null;
    of = null;
  }

  function begin(id: string): void {
    of = id;
    const made = upload && createRecorder({ recording: id, upload, changed: (shown) => set({ recorder: shown }) });
    recorder = made ?? null;
    set({ recorder: { behind: 0, failed: recorder === null } });
    recorder?.cast(shots());
  }

  return {
    take(recording, hello) {
      set({ recording });
      const { id, state } = recording;
      if (recording.recorder !== get().self?.id || id === undefined || state === 'off') return end();
      if (of !== null && of !== id) end();
      if (of === null && hello) {
        // What this page's predecessor recorded cannot be gone on with: a file has one beginning.
        of = id;
        return set({ recorder: { behind: 0, failed: true } });
      }
      if (of === null && state === 'recording') begin(id);
      if (state === 'recording') recorder?.resume();
      else recorder?.pause();
    },
    cast: () => recorder?.cast(shots()),
    close: end,
  };
}
