import { recordedCases } from './case.ts';
import { goldenScreens } from './golden.ts';

goldenScreens('recorded streams', recordedCases());
