import type { Locator } from 'playwright-core';
import { expectAccessible } from './accessibility.ts';
import { OWNER, type ConsoleStage } from './console-stage.ts';

/** What a person does on any screen of the console, by the words that are on it. */
export interface ConsoleSteps {
  readonly button: (name: string | RegExp) => Locator;
  readonly link: (name: string) => Locator;
  /** Begins what a button of this name begins, where a list that is empty has not opened the form by itself. */
  readonly begin: (name: string) => Promise<void>;
  /** Waits for a text. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  /** Waits for the screen's heading. */
  readonly heading: (name: string | RegExp) => Promise<void>;
  readonly fill: (label: string, text: string) => Promise<void>;
  readonly choose: (label: string, option: string) => Promise<void>;
  /** Looks at a screen: what axe says, and pictures. */
  readonly look: (name: string) => Promise<void>;
  readonly signIn: (password?: string) => Promise<void>;
}

export function consoleSteps(stage: () => ConsoleStage): ConsoleSteps {
  const button = (name: string | RegExp): Locator => stage().page.getByRole('button', { name, exact: true });
  const fill = (label: string, text: string): Promise<void> =>
    stage().page.getByLabel(label, { exact: true }).fill(text);
  return {
    button,
    fill,
    begin: async (name) => {
      const form = stage().page.getByRole('heading', { name, exact: true, level: 2 });
      await button(name).or(form).first().waitFor();
      if ((await form.count()) === 0) await button(name).click();
    },
    link: (name) => stage().page.getByRole('link', { name, exact: true }),
    shows: (text) => stage().page.getByText(text).first().waitFor(),
    heading: (name) => stage().page.getByRole('heading', { name, level: 1 }).waitFor(),
    choose: async (label, option) => {
      await stage().page.getByLabel(label, { exact: true }).selectOption(option);
    },
    look: async (name) => {
      await expectAccessible(stage().page);
      await stage().picture(name);
    },
    signIn: async (password = OWNER.password) => {
      await fill('*E-mail', OWNER.email);
      await fill('*Password', password);
      await button('Sign in').click();
    },
  };
}
