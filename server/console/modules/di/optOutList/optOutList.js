import { api } from 'lwc';
import { Form } from 'di/screen';
import { asking, pathOf, send } from 'di/api';
import { labels } from 'di/labels';
import { counted, formatNumber } from 'di/format';

const ALL = '';

/** Withdraws what a CSV file of opt-outs says, and shows what became of its lines. */
export default class OptOutList extends Form {
  /** Code of the project. */
  @api project;
  /** Opt-ins of the project that are not archived. */
  @api optIns = [];
  file = null;
  /** What the API counted of the last file. */
  counts = null;
  draft = { optIn: ALL };

  get optInOptions() {
    return [
      { value: ALL, label: labels.consentRules.allOptIns },
      ...this.optIns.map(({ code, name }) => ({ value: code, label: name })),
    ];
  }

  get isSendDisabled() {
    return this.isBusy || this.file === null;
  }

  get sentences() {
    const { lines, withdrawn, unchanged, overruled, unknownContacts, rejected } = this.counts;
    const others = [withdrawn, unchanged, overruled].map(formatNumber);
    return [
      counted(labels.optOutList.done, lines, ...others),
      unknownContacts > 0 && counted(labels.optOutList.unknown, unknownContacts),
      rejected > 0 && counted(labels.optOutList.rejected, rejected),
    ].filter(Boolean);
  }

  get hasRejected() {
    return this.counts.rejected > 0;
  }

  get columns() {
    return [
      { name: 'lineText', label: labels.optOutList.line },
      { name: 'message', label: labels.optOutList.reason },
    ];
  }

  get rejectedRows() {
    return this.counts.rejectedLines.map(({ line, code, message }) => ({
      key: String(line),
      mark: code,
      lineText: formatNumber(line),
      message,
    }));
  }

  handleFile(event) {
    const [file] = event.target.files;
    this.file = file ?? null;
    this.counts = null;
  }

  async handleSend() {
    const query = { optIn: this.draft.optIn, name: this.file.name };
    await this.attempt(async () => {
      this.counts = await send(
        'POST',
        asking(pathOf('projects', this.project, 'consent', 'imports'), query),
        this.file,
      );
    });
  }
}
