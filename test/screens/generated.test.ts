import { generatedCases } from './generated.ts';
import { goldenScreens } from './golden.ts';

goldenScreens('generated streams', generatedCases());
