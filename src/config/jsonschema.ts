/** The JSON Schema that editors use to complete and check a config; printed from the table of keys. */
import { VARIABLE_SCHEMA } from './scalar.ts';
import { CONFIG_FILE } from './schema.ts';

/** The text of `config/taskmaster.schema.json`. Draft 7 is what editors of YAML know best. */
export function jsonSchemaText(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Taskmaster configuration',
    description: 'What Taskmaster runs. The reference is docs/CONFIG.md.',
    ...CONFIG_FILE.schema,
    definitions: { variable: VARIABLE_SCHEMA },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
