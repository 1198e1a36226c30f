/** Card: a root with a body, and a footer whose buttons decide something. May be a form as a whole. */
import { html, nothing } from "lit";
import { ChevronDown } from "lucide";
import { icon } from "../icons/icon";
import { isObject } from "../protocol/json";
import { control } from "./button";
import { color } from "./colors";
import { among, type Component, flag, words } from "./component";
import { status } from "./content";
import type { Context, Drawn } from "./context";
import { borders, spaces } from "./style-values";
import { styled } from "./styled";

export function card(component: Component, context: Context): Drawn {
  const { path } = context;
  const size = among(component.size, ["sm", "md", "lg", "full"]) ?? "md";
  const form = flag(component.asForm) ? { component, path } : context.form;
  const styles = {
    "background-color": color(component.background, "background"),
    ...borders(component.border),
  };
  const content = html`${status(component.status)} ${body(component, { ...context, form })}`;
  const classes = `root card card-${size}`;
  if (!flag(component.asForm)) {
    return html`<div class=${classes} data-component="Card" ${styled(styles)}>${content}</div>`;
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    confirm(component, { ...context, form });
  };
  return html`<form class=${classes} data-component="Card" @submit=${submit} ${styled(styles)}>${content}</form>`;
}

/**
 * `collapsed` folds the body once the main action has been done. A card that still waits for a decision stays open,
 * and what is folded can be unfolded.
 */
function body(component: Component, context: Context): Drawn {
  const { stage, path } = context;
  const waits = isObject(component.confirm) || isObject(component.cancel);
  const folds = flag(component.collapsed) && (!waits || stage.isDone(path));
  const open = !folds || stage.isUnfolded(path);
  return html`
    ${
      folds
        ? html`<button
            type="button"
            class="fold"
            aria-expanded=${open}
            data-testid="widget-fold"
            @click=${() => stage.unfold(path, !open)}
          >
            ${open ? stage.strings.hideDetails : stage.strings.showDetails} ${icon(ChevronDown, 14)}
          </button>`
        : nothing
    }
    <div class="card-body" ?hidden=${!open} ${styled(spaces("padding", component.padding))}>
      ${context.children(component, { form: context.form, along: "column" })}
    </div>
    ${open ? footer(component, context) : nothing}
  `;
}

function footer(component: Component, context: Context): Drawn {
  const { stage, path, form } = context;
  const { confirm: yes, cancel: no } = component;
  if (!isObject(yes) && !isObject(no)) return nothing;
  const press = flag(component.asForm) ? undefined : () => confirm(component, context);
  // What is cancelled is not sent along.
  const cancel = (action: unknown) => () =>
    stage.trigger({ path: `${path}/cancel`, action, occasion: "cancel", form: form && null });
  return html`<div class="footer">
    ${
      isObject(no)
        ? control({
            text: words(no.label),
            variant: "outline",
            testId: "widget-cancel",
            waiting: stage.isWaiting(`${path}/cancel`),
            disabled: stage.isBlocked(no.action),
            press: cancel(no.action),
          })
        : nothing
    }
    ${
      isObject(yes)
        ? control({
            text: words(yes.label),
            testId: "widget-confirm",
            submit: flag(component.asForm),
            waiting: stage.isWaiting(`${path}/confirm`),
            disabled: stage.isBlocked(yes.action),
            press,
          })
        : nothing
    }
  </div>`;
}

function confirm(component: Component, { stage, path, form }: Context): void {
  const action = isObject(component.confirm) ? component.confirm.action : undefined;
  stage.trigger({ path: `${path}/confirm`, action, occasion: "confirm", form });
}
