/**
 * German.
 *
 * Anrede: Sie. thread, chat = der Chat · message = die Nachricht · answer = die Antwort · attachment = der Anhang ·
 * tool = das Tool · step = der Schritt · source = die Quelle · try again = erneut versuchen. Wie auf dem Server.
 */
import { spell } from "./duration";
import type { Strings } from "./en";

export const de: Strings = {
  title: "Chat",
  newThread: "Neuer Chat",
  untitled: "Neuer Chat",
  greeting: "Wobei kann ich Ihnen heute helfen?",

  composerPlaceholder: "Nachricht an die KI",
  composerLabel: "Nachricht",
  send: "Nachricht senden",
  stop: "Stoppen",
  removeTag: (name) => `${name} entfernen`,
  quote: "Zitieren",
  removeReply: "Zitat entfernen",
  lockedPlaceholder: "Dieser Chat ist gesperrt",
  closedBanner: "Dieser Chat ist geschlossen.",
  tools: "Tools",
  noTool: "Kein Tool",
  model: "Modell",

  userSaid: "Ihre Nachricht",
  assistantSaid: "Antwort",
  thinking: "Denkt nach",
  reconnecting: "Verbindung wird wiederhergestellt",
  reconnect: "Neu verbinden",
  answering: "Die Antwort wird geschrieben",
  loading: "Wird geladen",
  scrollToLatest: "Zur neuesten Nachricht",
  earlier: "Frühere Nachrichten laden",
  sources: (count) => (count === 1 ? "1 Quelle" : `${count} Quellen`),
  source: (place, title) => `Quelle ${place}: ${title}`,

  copy: "Kopieren",
  copied: "Kopiert",
  copyFailed: "Kopieren ist hier nicht erlaubt",
  retry: "Erneut versuchen",
  goodAnswer: "Gute Antwort",
  badAnswer: "Schlechte Antwort",
  edit: "Bearbeiten",
  notSent: "Nicht gesendet",

  reasoningRunning: "Denkt nach",
  workflowRunning: "In Arbeit",
  reasoningDone: "Kurz nachgedacht",
  worked: (seconds) => (seconds < 1 ? "Kurz gearbeitet" : `${spell("de", seconds)} gearbeitet`),
  workflowDone: (count) => (count === 1 ? "1 Schritt" : `${count} Schritte`),
  duration: (seconds) => (seconds < 1 ? "Kurz nachgedacht" : `${spell("de", seconds)} nachgedacht`),
  taskLoading: "läuft",
  taskDone: "erledigt",
  webSearch: "Websuche",
  fileSearch: "Dateien werden gelesen",
  imageTask: "Bild wird bearbeitet",
  thought: "Überlegung",
  task: "Schritt",

  imageAlt: "Erzeugtes Bild",
  imageLoading: "Bild wird erzeugt",
  imageBlocked: "Bild wird nicht angezeigt",
  widgetFallback: "Als Text angezeigt",
  unknownItem: "Dieser Teil des Chats kann hier nicht angezeigt werden.",
  question: "Der Assistent fragt",
  skipped: "Übersprungen",
  skip: "Überspringen",
  sendAnswers: "Senden",
  otherAnswer: "Andere Antwort",
  otherAnswerTo: (question) => `Andere Antwort auf: ${question}`,

  failure: "Etwas ist schiefgegangen. Bitte versuchen Sie es erneut.",
  failureRequest: "Der Server hat das nicht angenommen.",
  failureConnection:
    "Der Server ist nicht erreichbar. Prüfen Sie Ihre Verbindung, und versuchen Sie es erneut.",
  failureConnectionLost: "Die Verbindung ist abgebrochen. Was schon da war, bleibt erhalten.",
  failureConnectionGone:
    "Die Verbindung ließ sich nicht wiederherstellen. Die Antwort ist vielleicht ohne Sie weitergegangen.",
  failureLoad: "Dieser Chat konnte nicht geladen werden.",
  failureHistory: "Ihre Chats konnten nicht geladen werden.",
  notConfigured: "Der Chat ist nicht richtig eingerichtet",

  history: "Chats",
  openHistory: "Chats anzeigen",
  closeHistory: "Schließen",
  historyEmpty: "Hier erscheinen Ihre Chats.",
  historyMore: "Mehr anzeigen",
  rename: "Umbenennen",
  renameLabel: "Name des Chats",
  save: "Speichern",
  cancel: "Abbrechen",
  delete: "Löschen",
  deleteQuestion: "Diesen Chat löschen?",
  openThread: (title) => `${title} öffnen`,
  renameThread: (title) => `${title} umbenennen`,
  deleteThread: (title) => `${title} löschen`,
};
