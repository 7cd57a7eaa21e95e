// SPDX-License-Identifier: Apache-2.0
/** The Spanish texts of the page; strings.js explains them. */
import {count, decimal, exactly, dayAndClock, number} from './format.js';

const cameras = (total) => count(total, 'cámara', 'cámaras', {many: 'de cámaras'});

export const strings = {
  title: 'Cámaras',
  camera: (id) => `Cámara ${id}`,

  page: {
    skips: 'Saltar',
    skipToList: 'Ir a la lista de cámaras',
    skipToWall: 'Ir a las cámaras en marcha',
    skipToMap: 'Ir al mapa',
    list: 'Lista',
    map: 'Mapa',
    home: 'Todas las cámaras',
    homeHint: 'Mostrar la parte del mapa con todas las cámaras',
    wallMode: 'Mural',
    wallModeHint: 'Añadir cámaras a las que están en marcha; también con Ctrl, Cmd o Mayús y un clic',
    dismiss: 'Descartar',
    noMap: 'Falta el mapa: en el servidor no está leaflet/leaflet.min.js.',
    broken: 'La página no ha podido arrancar. Vuelva a cargarla; si no sirve, el navegador es demasiado antiguo.',
  },

  status: {online: 'en línea', offline: 'fuera de línea', unknown: 'desconocido'},

  keys: {
    title: 'Teclas',
    close: 'Cerrar',
    list: [
      ['/', 'Buscar'],
      ['↓ ↑', 'De la búsqueda a la lista y a lo largo de ella; Inicio y Fin para sus extremos'],
      ['1 … 9', 'Las cámaras en marcha'],
      ['F', 'Pantalla completa para todas las que están en marcha'],
      ['Esc', 'Cerrar la cámara que tiene el foco'],
      ['← ↑ ↓ →', 'De una cámara del mapa a la siguiente'],
      ['Alt + ← →', 'Llevar la cámara que tiene el foco a otro lugar del mural'],
      ['+ − 0', 'Ampliar su imagen, reducirla, mostrarla entera'],
      ['Clic derecho', 'En el mapa, o pulsación larga: las cámaras que ven este lugar'],
      ['?', 'Esta ayuda'],
    ],
  },

  sinceThen: (word, time) => `${word} desde ${time}`,
  legend: {
    title: 'Cámaras por estado',
    chip: (total, word) => `${cameras(total)}, ${word}`,
    playable: 'Solo lo que reproduce cualquier navegador',
    reset: 'Mostrar todas las cámaras',
  },

  list: {
    title: 'Lista de cámaras',
    search: 'Buscar por nombre o número',
    status: 'Estado',
    failure: 'Fallo',
    all: 'todos',
    roles: 'Roles',
    notPlayable: 'no se puede reproducir',
    loading: 'Cargando…',
    searching: 'Buscando…',
    nothing: (isFiltered) => (isFiltered ? 'No se ha encontrado nada con estos filtros' : 'No se ha encontrado nada'),
    inView(total, most) {
      if (!total) return 'Ninguna cámara a la vista';
      const text = `${cameras(total)} a la vista`;
      return total > most ? `${text}; en la lista hay ${number(most)} de ellas` : text;
    },
    partial: (total) => `Más de ${cameras(total)} a la vista: acérquese para verlas todas`,
    found: (total, more) => (more ? `Las primeras ${number(total)}: escriba más para encontrar menos`
      : `${count(total, 'cámara encontrada', 'cámaras encontradas', {many: 'de cámaras encontradas'})}`),
  },

  map: {
    zoomIn: 'Acercar',
    zoomOut: 'Alejar',
    camera: (name, status, {playable, playing, number}) => [name, status,
      ...(playable ? [] : ['no se puede reproducir']),
      ...(playing ? [number ? `en marcha como ${number}` : 'en marcha'] : [])].join(', '),
    cameras: (total) => cameras(total),
    cluster: (total, shares, {playing}) => `${total} cámaras: `
      + shares.map(([value, word]) => `${number(value)} ${word}`).join(', ')
      + `${playing ? '; una de ellas está en marcha' : ''}; pulse Intro para acercar`,
    grounds: 'Tipo de mapa',
    ground: (place) => `Mapa ${number(place)}`,
    levels: 'Planta',
    level: (value) => `Planta ${number(value)}`,
    noTiles: 'No se pueden cargar las teselas del mapa. Se vuelve a intentar…',
  },

  near: {
    button: 'Cerca de mí',
    hint: 'Mostrar las cámaras que están a su alrededor',
    denied: 'El navegador no le dice a esta página dónde está usted. Sus ajustes pueden permitirlo.',
    failed: 'El navegador no puede encontrar su posición.',
  },

  element: {
    noCamera: 'Esta página no dice qué cámara hay que mostrar.',
  },

  wall: {
    title: (total) => cameras(total),
    full: 'Pantalla completa para todas',
    closeAll: 'Cerrar todas',
    isFull: (most) => `Como máximo puede haber ${number(most)} cámaras en marcha a la vez.`,
    isSlow: (total) => `Este equipo es demasiado lento para más de estas ${number(total)} cámaras.`,
    which: (name) => `¿En lugar de qué cámara se pone ${name}?`,
    choice: (place, name) => `${number(place)}: ${name}`,
    cancel: 'Cancelar',
    delays: 'Mostrar el retraso de cada imagen',
    splitter: 'Ancho del mural',
    news: (who, text) => `${who}: ${text}`,
    moved: (name, place, total) => `${name}: lugar ${number(place)} de ${number(total)}`,
  },

  tile: {
    where: 'Mostrar en el mapa',
    reload: 'Volver a cargar la página',
    full: (name) => `Pantalla completa: ${name}`,
    close: (name) => `Cerrar ${name}`,
    usage: (name) => `Uso de ${name} (en una pestaña nueva)`,
    viewers: (total) => count(total, 'espectador', 'espectadores', {many: 'de espectadores'}),
    retry: 'Volver a intentarlo',
    bar: (name) => `Controles de ${name}`,
    snapshot: (name) => `Guardar la imagen de ${name}`,
    pip: (name) => `Imagen en imagen: ${name}`,
    details: (name) => `Detalles de ${name}`,
    next: (seconds) => (seconds < 100 ? `Próximo intento en ${number(seconds)} s`
      : `Próximo intento en ${number(Math.round(seconds / 60))} min`),
    last: (time) => `Última imagen ${exactly(time)}`,
    delay: (ms) => `${decimal(Math.max(0, ms) / 1000, 1)} s de retraso`,
    caption: (name, time) => `${name}, ${dayAndClock(time)}`,
  },

  share: {
    open: 'Compartir',
    title: 'Compartir y guardar lo que se ve',
    link: 'Enlace a lo que se ve',
    copy: 'Copiar enlace',
    copied: 'El enlace está copiado.',
    select: 'El enlace está seleccionado: pulse Ctrl o Cmd y C.',
    layouts: 'Murales con nombre',
    name: 'Nombre de este mural',
    save: 'Guardar',
    saved: (name) => `«${name}» está guardado en este navegador.`,
    needsName: 'Escriba primero un nombre.',
    nothingPlays: 'No hay nada en marcha que se pueda guardar.',
    full: 'No hay sitio para más murales: quite uno antes.',
    remove: (name) => `Quitar ${name}`,
    export: 'Guardar como archivo',
    import: 'Cargar un archivo',
    fileName: 'murales-de-camaras.json',
    loaded: (total) => `${count(total, 'mural cargado', 'murales cargados', {many: 'de murales cargados'})}.`,
    brokenFile: 'En este archivo no hay murales que haya escrito esta página.',
    seconds: 'Segundos para cada mural',
    startTour: 'Empezar la ronda',
    stopTour: 'Terminar la ronda',
    kiosk: 'Solo las imágenes (Escape lo termina)',
    close: 'Cerrar',
  },

  stills: 'Imágenes fijas',
  stillsBecause: (text) => `Imágenes fijas. ${text}`,

  states: {
    connecting: 'Conectando…',
    live: 'En directo',
    stalled: 'La imagen se ha parado: la cámara no envía nada.',
    offline: 'La cámara está fuera de línea. Se verá cuando vuelva.',
    denied: 'Usted no puede ver esta cámara.',
    busy: 'Demasiados espectadores. Esperando un sitio…',
    ended: 'Esta vista ha terminado.',
  },
  reasons: {
    connecting: {
      'video-down': 'El servidor de vídeo no responde. Se vuelve a intentar…',
      'server': 'El servidor no puede responder en este momento. Se vuelve a intentar…',
      'unreachable': 'No se puede llegar al servidor. Se vuelve a intentar…',
      'no-picture': 'No llega ninguna imagen. Se vuelve a intentar…',
      'hidden': 'En pausa mientras la página está oculta.',
      'draining': 'El servidor no admite nuevos espectadores en este momento. Se vuelve a intentar…',
    },
    live: {
      'behind': 'Poniéndose al día…',
      'frozen': 'La imagen se ha parado.',
    },
    stalled: {
      'unreachable': 'No se puede llegar al servidor. Se vuelve a intentar…',
      'server': 'El servidor no puede responder en este momento. Se vuelve a intentar…',
      'no-picture': 'Esperando la próxima imagen completa de la cámara…',
    },
    denied: {
      'kicked': 'Un operador ha terminado esta vista.',
      'login': 'Inicie sesión otra vez para verla.',
      'origin': 'El servidor toma esta página por una de otro sitio. Su administrador puede remediarlo: el proxy inverso '
        + 'tiene que transmitir Host, o CCTVAllowOrigin tiene que nombrar esta dirección.',
      'not-found': 'Esta cámara no existe, o usted no puede verla.',
    },
    ended: {
      'not-playable': 'Ningún navegador puede reproducir el vídeo de esta cámara.',
      'codec': 'Este navegador no reproduce el vídeo de esta cámara. Puede que otro sí.',
      'unsupported': 'Este navegador no tiene WebRTC.',
      'no-video': 'El servidor no tiene vídeo.',
    },
  },
  notPlayableSource: 'Ningún navegador puede reproducir esta cámara: su vídeo no llega por RTSP ni RTP.',

  details: {
    status: 'Estado',
    role: 'Rol',
    video: 'Vídeo',
    sound: 'Sonido',
    direction: 'Dirección',
    position: 'Posición',
    id: 'Número',
    yes: 'sí',
    no: 'no',
    notKnown: 'no se sabe',
    fps: (value) => `${number(Math.round(value * 100) / 100)} imágenes/s`,
    failures: {
      'unreachable': 'No se puede llegar a la cámara. Se verá cuando vuelva.',
      'refused': 'La cámara rechaza la conexión. Se verá cuando vuelva.',
      'login_refused': 'La cámara rechaza las credenciales del servidor.',
      'no_such_path': 'La cámara no tiene vídeo en la dirección que conoce el servidor.',
      'wants_other_transport': 'La cámara no envía su vídeo de un modo que el servidor de vídeo pueda recibir.',
      'no_video': 'La cámara dice que no tiene vídeo.',
      'other_codec': 'La cámara envía otro códec que el que espera el servidor.',
      'stopped_sending': 'La cámara no envía nada. Se verá cuando vuelva.',
      'b_frames': 'La imagen no se mueve bien: la cámara envía fotogramas B.',
      'no_parameter_sets': 'Al vídeo de la cámara le faltan sus parámetros, así que no se puede mostrar.',
      'rare_keyframes': 'Esperando un fotograma clave, que la cámara envía pocas veces…',
      'no_candidates': 'El servidor de vídeo no encuentra ninguna dirección de red desde la que enviar. Se vuelve a intentar…',
    },
    wide: (degrees) => `${Math.round(degrees)}° de ancho`,
  },

  load: {
    unreachable: 'No se puede llegar al servidor. Lo que ve puede no estar al día. Se vuelve a intentar…',
    login: 'Su sesión ha terminado.',
    foreign: 'En lugar del servidor responde otra cosa. Puede que tenga que iniciar sesión otra vez.',
    forbidden: 'Usted no puede ver las cámaras.',
    busy: 'El servidor tiene demasiado trabajo. Se vuelve a intentar…',
    server: 'El servidor no puede responder en este momento. Lo que ve puede no estar al día. Se vuelve a intentar…',
    refused: (status) => `El servidor ha rechazado la petición (${status}).`,
  },

  hash: {
    nonsense: 'La dirección no nombra ninguna cámara: tiene que terminar en #camera= y un número.',
    some: 'Algunas de las cámaras de la dirección no son números y se han omitido.',
    many: (most) => `La dirección nombra más de ${number(most)} cámaras: las primeras ${number(most)} están en marcha.`,
  },
};
