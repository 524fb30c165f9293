import { openDashboard } from '../dashboard/open.ts';
import type { Run } from '../verb.ts';

export const run: Run = ({ session }, { options }) =>
  openDashboard({ ...session, readOnly: session.readOnly || options.readOnly === true });
