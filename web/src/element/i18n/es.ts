/**
 * Spanish.
 *
 * Tratamiento: usted. Español neutro. thread, chat = el chat · message = el mensaje · answer = la respuesta ·
 * attachment = el archivo adjunto · tool = la herramienta · step = el paso · source = la fuente ·
 * try again = volver a intentarlo. Como en el servidor.
 */
import { spell } from "./duration";
import type { Strings } from "./en";

export const es: Strings = {
  title: "Chat",
  newThread: "Nuevo chat",
  untitled: "Nuevo chat",
  greeting: "¿En qué puedo ayudarle hoy?",

  composerPlaceholder: "Escriba un mensaje a la IA",
  composerLabel: "Mensaje",
  send: "Enviar mensaje",
  stop: "Detener",
  removeTag: (name) => `Quitar ${name}`,
  quote: "Citar",
  removeReply: "Quitar la cita",
  lockedPlaceholder: "Este chat está bloqueado",
  closedBanner: "Este chat está cerrado.",
  tools: "Herramientas",
  noTool: "Sin herramienta",
  model: "Modelo",

  userSaid: "Su mensaje",
  assistantSaid: "Respuesta",
  thinking: "Pensando",
  reconnecting: "Restableciendo la conexión",
  reconnect: "Volver a conectar",
  answering: "Se está escribiendo la respuesta",
  loading: "Cargando",
  scrollToLatest: "Ir al mensaje más reciente",
  earlier: "Cargar mensajes anteriores",
  sources: (count) => (count === 1 ? "1 fuente" : `${count} fuentes`),
  source: (place, title) => `Fuente ${place}: ${title}`,

  copy: "Copiar",
  copied: "Copiado",
  copyFailed: "Aquí no se permite copiar",
  retry: "Volver a intentarlo",
  goodAnswer: "Buena respuesta",
  badAnswer: "Mala respuesta",
  edit: "Editar",
  notSent: "No enviado",

  reasoningRunning: "Pensando",
  workflowRunning: "Trabajando",
  reasoningDone: "Pensó un momento",
  worked: (seconds) => (seconds < 1 ? "Trabajó un momento" : `Trabajó durante ${spell("es", seconds)}`),
  workflowDone: (count) => (count === 1 ? "1 paso" : `${count} pasos`),
  duration: (seconds) => (seconds < 1 ? "Pensó un momento" : `Pensó durante ${spell("es", seconds)}`),
  taskLoading: "en curso",
  taskDone: "hecho",
  webSearch: "Búsqueda en la web",
  fileSearch: "Leyendo archivos",
  imageTask: "Trabajando en una imagen",
  thought: "Reflexión",
  task: "Paso",

  imageAlt: "Imagen generada",
  imageLoading: "Creando la imagen",
  imageBlocked: "Imagen no mostrada",
  widgetFallback: "Mostrado como texto",
  unknownItem: "Esta parte del chat no se puede mostrar aquí.",
  question: "El asistente pregunta",
  skipped: "Omitido",
  skip: "Omitir",
  sendAnswers: "Enviar",
  otherAnswer: "Otra respuesta",
  otherAnswerTo: (question) => `Otra respuesta a: ${question}`,

  failure: "Se ha producido un error. Vuelva a intentarlo.",
  failureRequest: "El servidor no lo ha aceptado.",
  failureConnection: "No se puede acceder al servidor. Compruebe su conexión y vuelva a intentarlo.",
  failureConnectionLost: "Se perdió la conexión. Lo que había llegado se conserva.",
  failureConnectionGone:
    "No se pudo restablecer la conexión. Es posible que la respuesta haya continuado sin usted.",
  failureLoad: "No se pudo cargar este chat.",
  failureHistory: "No se pudieron cargar sus chats.",
  notConfigured: "El chat no está configurado correctamente",

  history: "Chats",
  openHistory: "Mostrar los chats",
  closeHistory: "Cerrar",
  historyEmpty: "Sus chats aparecerán aquí.",
  historyMore: "Mostrar más",
  rename: "Cambiar el nombre",
  renameLabel: "Nombre del chat",
  save: "Guardar",
  cancel: "Cancelar",
  delete: "Eliminar",
  deleteQuestion: "¿Eliminar este chat?",
  openThread: (title) => `Abrir ${title}`,
  renameThread: (title) => `Cambiar el nombre de ${title}`,
  deleteThread: (title) => `Eliminar ${title}`,
};
