/** `<chatkit-chart>`: bars, areas and lines as SVG in the size that is there, and the same data as a table for readers of the screen. */
import { css, html, LitElement, nothing, type PropertyValues, svg } from "lit";
import { property, state } from "lit/decorators.js";
import type { Strings } from "../../i18n/en";
import { baseStyles } from "../../theme/base-styles";
import { type Component, number } from "../component";
import { styled } from "../styled";
import { curve, type Point } from "./curves";
import { type ChartModel, chartModel, type Series } from "./model";
import { type Plot, plot } from "./plot";

export class ChartElement extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 8px;
        min-inline-size: 0;
        inline-size: 100%;
        block-size: 220px;
        font-size: 12px;
      }
      .plot {
        position: relative;
        flex: 1;
        min-block-size: 60px;
        outline-offset: 2px;
        border-radius: 4px;
        /* Time and size run the same way in every script, as on any chart paper. */
        direction: ltr;
      }
      svg {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        overflow: visible;
      }
      text {
        fill: var(--ck-faint);
        font-size: 11px;
      }
      .grid {
        stroke: var(--ck-border);
        shape-rendering: crispEdges;
      }
      .line {
        fill: none;
        stroke-width: 2;
        stroke-linejoin: round;
        stroke-linecap: round;
      }
      .area {
        stroke: none;
        fill-opacity: 0.22;
      }
      .pointed {
        fill: var(--ck-fg);
        fill-opacity: 0.06;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
        margin: 0;
        padding: 0;
        list-style: none;
        color: var(--ck-muted);
      }
      .legend li {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      i {
        flex: none;
        inline-size: 10px;
        block-size: 10px;
        border-radius: 3px;
      }
      .tip {
        position: absolute;
        inset-block-start: 4px;
        z-index: 1;
        max-inline-size: 70%;
        padding: 6px 10px;
        border: 1px solid var(--ck-border);
        border-radius: 8px;
        background: var(--ck-bg);
        box-shadow: var(--ck-shadow);
        pointer-events: none;
        line-height: 1.5;
      }
      .tip strong {
        font-weight: 600;
      }
      .tip div {
        display: flex;
        align-items: center;
        gap: 6px;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) component!: Component;
  @property({ attribute: false }) strings!: Strings;
  @state() private width = 0;
  @state() private height = 0;
  /** The category that is pointed at. */
  @state() private pointed = -1;
  #model!: ChartModel;
  #observer: ResizeObserver | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#observer = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("component")) this.#model = chartModel(this.component);
  }

  protected override render() {
    const { showLegend, series } = this.#model;
    return html`
      <div
        class="plot"
        role="img"
        aria-label=${this.#summary()}
        tabindex=${this.#model.showTooltip ? 0 : nothing}
        data-testid="chart"
        @pointermove=${this.#point}
        @pointerleave=${() => this.#show(-1)}
        @blur=${() => this.#show(-1)}
        @keydown=${this.#walk}
      >
        ${this.width > 0 ? this.#drawing() : nothing} ${this.#tip()}
      </div>
      ${
        showLegend
          ? html`<ul class="legend" data-testid="chart-legend">
              ${series.map((one) => html`<li><i ${styled({ "background-color": one.color })}></i>${one.label}</li>`)}
            </ul>`
          : nothing
      }
      ${this.#table()}
    `;
  }

  protected override updated(): void {
    if (this.#observer) return;
    const place = this.renderRoot.querySelector(".plot");
    if (!place) return;
    this.#observer = new ResizeObserver(([entry]) => {
      this.width = entry?.contentRect.width ?? 0;
      this.height = entry?.contentRect.height ?? 0;
    });
    this.#observer.observe(place);
  }

  #plot(): Plot {
    const { barGap, barCategoryGap } = this.component;
    const gaps = { bar: number(barGap, 0, 100), category: number(barCategoryGap, 0, 400) };
    return plot(this.#model, { width: this.width, height: this.height }, gaps, tickLabel);
  }

  #drawing() {
    const { ticks, series, categories, showXAxis, showYAxis } = this.#model;
    const at = this.#plot();
    const bars = series.filter(({ kind }) => kind === "bar");
    return svg`<svg aria-hidden="true">
      ${ticks.map((tick) => svg`<line class="grid" x1=${at.left} x2=${at.right} y1=${at.y(tick)} y2=${at.y(tick)} />`)}
      ${
        showYAxis
          ? ticks.map(
              (tick) =>
                svg`<text x=${at.left - 8} y=${at.y(tick)} text-anchor="end" dominant-baseline="middle">${tickLabel(tick)}</text>`,
            )
          : nothing
      }
      ${
        this.pointed >= 0
          ? svg`<rect class="pointed" x=${at.start(this.pointed)} y=${at.top} width=${at.band} height=${Math.max(at.bottom - at.top, 0)} />`
          : nothing
      }
      ${series.filter(({ kind }) => kind === "area").map((one) => area(one, at))}
      ${bars.map((one) => bar(one, at, bars))}
      ${series.filter(({ kind }) => kind !== "bar").map((one) => line(one, at))}
      ${
        showXAxis
          ? categories.map((label, index) =>
              index % at.every === 0
                ? svg`<text x=${at.centre(index)} y=${at.bottom + 16} text-anchor="middle">${shorten(label, at.band * at.every)}</text>`
                : nothing,
            )
          : nothing
      }
    </svg>`;
  }

  #tip() {
    const { series, categories, showTooltip } = this.#model;
    if (!showTooltip || this.pointed < 0 || this.width === 0) return nothing;
    const centre = this.#plot().centre(this.pointed);
    const place =
      centre > this.width / 2 ? { right: `${this.width - centre + 10}px` } : { left: `${centre + 10}px` };
    return html`<div class="tip" data-testid="chart-tip" ${styled(place)}>
      <strong dir="auto">${categories[this.pointed]}</strong>
      ${series.map((one) => {
        const value = one.values[this.pointed];
        return html`<div>
          <i ${styled({ "background-color": one.color })}></i><span dir="auto">${one.label}</span> ${value ?? "–"}
        </div>`;
      })}
    </div>`;
  }

  #table() {
    const { series, categories } = this.#model;
    return html`<table class="visually-hidden">
      <thead>
        <tr><td></td>${series.map((one) => html`<th scope="col">${one.label}</th>`)}</tr>
      </thead>
      <tbody>
        ${categories.map(
          (category, at) => html`<tr>
            <th scope="row">${category}</th>
            ${series.map((one) => html`<td>${one.values[at] ?? ""}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #summary(): string {
    return this.strings.chart(this.#model.series.map(({ label }) => label).join(", "));
  }

  readonly #point = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.#show(this.#plot().category(event.clientX - box.left));
  };

  readonly #walk = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") this.#show(-1);
    if (step === undefined) return;
    event.preventDefault();
    const last = this.#model.categories.length - 1;
    this.#show(Math.min(Math.max(this.pointed + step, 0), last));
  };

  #show(category: number): void {
    if (this.#model.showTooltip) this.pointed = category;
  }
}

function points(series: Series, at: Plot, end: 0 | 1): Point[] {
  return series.spans.flatMap((span, index): Point[] => (span ? [[at.centre(index), at.y(span[end])]] : []));
}

function line(series: Series, at: Plot) {
  return svg`<path class="line" data-series=${series.label} d=${curve(series.curve, points(series, at, 1))} ${styled({ stroke: series.color })} />`;
}

function area(series: Series, at: Plot) {
  const upper = curve(series.curve, points(series, at, 1));
  const lower = curve(series.curve, points(series, at, 0).reverse());
  if (!upper) return nothing;
  return svg`<path class="area" d=${`${upper.replace(/Z$/, "")}L${lower.slice(1).replace(/Z$/, "")}Z`} ${styled({ fill: series.color })} />`;
}

function bar(series: Series, at: Plot, all: readonly Series[]) {
  const columns = [...new Set(all.map((one, index) => one.stack || `#${index}`))];
  const column = columns.indexOf(series.stack || `#${all.indexOf(series)}`);
  const { width, x } = at.bar(column, columns.length);
  return series.spans.map((span, index) => {
    if (!span) return nothing;
    const [top, bottom] = [at.y(Math.max(...span)), at.y(Math.min(...span))];
    return svg`<rect data-series=${series.label} x=${x(index)} y=${top} width=${width} height=${Math.max(bottom - top, 0.5)} rx=${Math.min(3, width / 4)} ${styled({ fill: series.color })} />`;
  });
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

function tickLabel(value: number): string {
  return compact.format(value);
}

const LETTER = 6.4;

function shorten(label: string, width: number): string {
  const room = Math.max(Math.floor(width / LETTER), 2);
  return label.length > room ? `${label.slice(0, room - 1)}…` : label;
}
