// SPDX-License-Identifier: Apache-2.0
/** The German texts of the page; strings.js explains them. */
import {count, decimal, exactly, dayAndClock, number} from './format.js';

const cameras = (total) => count(total, 'Kamera', 'Kameras');

export const strings = {
  title: 'Kameras',
  camera: (id) => `Kamera ${id}`,

  page: {
    skips: 'Überspringen',
    skipToList: 'Zur Liste der Kameras',
    skipToWall: 'Zu den laufenden Kameras',
    skipToMap: 'Zur Karte',
    list: 'Liste',
    map: 'Karte',
    home: 'Alle Kameras',
    homeHint: 'Den Teil der Karte mit allen Kameras zeigen',
    wallMode: 'Wand',
    wallModeHint: 'Kameras zu den laufenden hinzunehmen; ebenso Strg, Cmd oder Umschalt und ein Klick',
    dismiss: 'Ausblenden',
    noMap: 'Die Karte fehlt: Auf dem Server gibt es kein leaflet/leaflet.min.js.',
    broken: 'Die Seite konnte nicht starten. Laden Sie sie neu; hilft das nicht, ist der Browser zu alt für sie.',
  },

  status: {online: 'online', offline: 'offline', unknown: 'unbekannt'},

  keys: {
    title: 'Tasten',
    close: 'Schließen',
    list: [
      ['/', 'Suchen'],
      ['↓ ↑', 'Von der Suche in die Liste und in ihr weiter; Pos1 und Ende zu ihren Enden'],
      ['1 … 9', 'Die laufenden Kameras'],
      ['F', 'Vollbild für alle laufenden'],
      ['Esc', 'Die Kamera mit dem Fokus schließen'],
      ['← ↑ ↓ →', 'Von einer Kamera auf der Karte zur nächsten'],
      ['Alt + ← →', 'Die Kamera mit dem Fokus an einen anderen Platz der Wand'],
      ['+ − 0', 'Ihr Bild vergrößern, verkleinern, ganz zeigen'],
      ['Rechtsklick', 'Auf der Karte, oder lange drücken: die Kameras, die diese Stelle sehen'],
      ['?', 'Diese Hilfe'],
    ],
  },

  sinceThen: (word, time) => `${word} seit ${time}`,
  legend: {
    title: 'Kameras nach Status',
    chip: (total, word) => `${cameras(total)} ${word}`,
    playable: 'Nur was jeder Browser abspielt',
    reset: 'Alle Kameras zeigen',
  },

  list: {
    title: 'Liste der Kameras',
    search: 'Suche nach Name oder Nummer',
    status: 'Status',
    failure: 'Störung',
    all: 'alle',
    roles: 'Rollen',
    notPlayable: 'nicht abspielbar',
    loading: 'Wird geladen…',
    searching: 'Suche läuft…',
    nothing: (isFiltered) => (isFiltered ? 'Mit diesen Filtern nichts gefunden' : 'Nichts gefunden'),
    inView(total, most) {
      if (!total) return 'Keine Kameras im Ausschnitt';
      const text = `${cameras(total)} im Ausschnitt`;
      return total > most ? `${text}; ${number(most)} davon stehen in der Liste` : text;
    },
    partial: (total) => `Mehr als ${cameras(total)} im Ausschnitt: Zoomen Sie hinein, um alle zu sehen`,
    found: (total, more) => (more ? `Die ersten ${number(total)} Treffer: Tippen Sie mehr, um weniger zu finden`
      : `${cameras(total)} gefunden`),
  },

  map: {
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    camera: (name, status, {playable, playing, number}) => [name, status,
      ...(playable ? [] : ['nicht abspielbar']),
      ...(playing ? [number ? `läuft als ${number}` : 'läuft'] : [])].join(', '),
    cameras: (total) => cameras(total),
    cluster: (total, shares, {playing}) => `${total} Kameras: `
      + shares.map(([value, word]) => `${number(value)} ${word}`).join(', ')
      + `${playing ? '; eine davon läuft' : ''}; Eingabetaste vergrößert`,
    grounds: 'Art der Karte',
    ground: (place) => `Karte ${number(place)}`,
    levels: 'Stockwerk',
    level: (value) => `Stockwerk ${number(value)}`,
    noTiles: 'Die Kacheln der Karte können nicht geladen werden. Neuer Versuch…',
  },

  near: {
    button: 'In der Nähe',
    hint: 'Die Kameras in Ihrer Umgebung zeigen',
    denied: 'Der Browser sagt dieser Seite nicht, wo Sie sind. Seine Einstellungen können es erlauben.',
    failed: 'Der Browser kann Ihren Standort nicht bestimmen.',
  },

  element: {
    noCamera: 'Diese Seite sagt nicht, welche Kamera gezeigt werden soll.',
  },

  wall: {
    title: (total) => cameras(total),
    full: 'Vollbild für alle',
    closeAll: 'Alle schließen',
    isFull: (most) => `Höchstens ${number(most)} Kameras laufen zugleich.`,
    isSlow: (total) => `Dieses Gerät ist zu langsam für mehr als diese ${number(total)} Kameras.`,
    which: (name) => `Anstelle welcher Kamera soll ${name} laufen?`,
    choice: (place, name) => `${number(place)}: ${name}`,
    cancel: 'Abbrechen',
    delays: 'Verzögerung jedes Bildes zeigen',
    splitter: 'Breite der Wand',
    news: (who, text) => `${who}: ${text}`,
    moved: (name, place, total) => `${name}: Platz ${number(place)} von ${number(total)}`,
  },

  tile: {
    where: 'Auf der Karte zeigen',
    reload: 'Seite neu laden',
    full: (name) => `Vollbild: ${name}`,
    close: (name) => `${name} schließen`,
    usage: (name) => `Nutzung von ${name} (in einem neuen Tab)`,
    viewers: (total) => count(total, 'Zuschauer', 'Zuschauer'),
    retry: 'Noch einmal versuchen',
    bar: (name) => `Bedienung von ${name}`,
    snapshot: (name) => `Bild von ${name} speichern`,
    pip: (name) => `Bild im Bild: ${name}`,
    details: (name) => `Einzelheiten zu ${name}`,
    next: (seconds) => (seconds < 100 ? `Nächster Versuch in ${number(seconds)} s`
      : `Nächster Versuch in ${number(Math.round(seconds / 60))} min`),
    last: (time) => `Letztes Bild ${exactly(time)}`,
    delay: (ms) => `${decimal(Math.max(0, ms) / 1000, 1)} s verzögert`,
    caption: (name, time) => `${name}, ${dayAndClock(time)}`,
  },

  share: {
    open: 'Teilen',
    title: 'Weitergeben und behalten, was gezeigt wird',
    link: 'Link auf das, was gezeigt wird',
    copy: 'Link kopieren',
    copied: 'Der Link ist kopiert.',
    select: 'Der Link ist markiert: Drücken Sie Strg oder Cmd und C.',
    layouts: 'Wände mit Namen',
    name: 'Name dieser Wand',
    save: 'Speichern',
    saved: (name) => `„${name}“ ist in diesem Browser gespeichert.`,
    needsName: 'Geben Sie zuerst einen Namen ein.',
    nothingPlays: 'Es läuft nichts, das gespeichert werden könnte.',
    full: 'Für weitere Wände ist kein Platz: Entfernen Sie zuerst eine.',
    remove: (name) => `${name} entfernen`,
    export: 'Als Datei speichern',
    import: 'Datei laden',
    fileName: 'kamera-waende.json',
    loaded: (total) => `${count(total, 'Wand', 'Wände')} geladen.`,
    brokenFile: 'In dieser Datei sind keine Wände, die diese Seite geschrieben hat.',
    seconds: 'Sekunden für jede Wand',
    startTour: 'Rundgang starten',
    stopTour: 'Rundgang beenden',
    kiosk: 'Nur die Bilder (Escape beendet das)',
    close: 'Schließen',
  },

  stills: 'Standbilder',
  stillsBecause: (text) => `Standbilder. ${text}`,

  states: {
    connecting: 'Verbindung wird hergestellt…',
    live: 'Live',
    stalled: 'Das Bild steht: Die Kamera sendet nichts.',
    offline: 'Die Kamera ist offline. Sie läuft, sobald sie wieder da ist.',
    denied: 'Sie dürfen diese Kamera nicht sehen.',
    busy: 'Zu viele Zuschauer. Warten auf einen Platz…',
    ended: 'Diese Ansicht ist zu Ende.',
  },
  reasons: {
    connecting: {
      'video-down': 'Der Videoserver antwortet nicht. Neuer Versuch…',
      'server': 'Der Server kann im Augenblick nicht antworten. Neuer Versuch…',
      'unreachable': 'Der Server ist nicht zu erreichen. Neuer Versuch…',
      'no-picture': 'Es kommt kein Bild an. Neuer Versuch…',
      'hidden': 'Angehalten, solange die Seite verborgen ist.',
      'draining': 'Der Server nimmt im Augenblick keine neuen Zuschauer an. Neuer Versuch…',
    },
    live: {
      'behind': 'Wird aufgeholt…',
      'frozen': 'Das Bild steht.',
    },
    stalled: {
      'unreachable': 'Der Server ist nicht zu erreichen. Neuer Versuch…',
      'server': 'Der Server kann im Augenblick nicht antworten. Neuer Versuch…',
      'no-picture': 'Warten auf das nächste ganze Bild der Kamera…',
    },
    denied: {
      'kicked': 'Ein Operator hat diese Ansicht beendet.',
      'login': 'Melden Sie sich neu an, um zuzusehen.',
      'origin': 'Der Server hält diese Seite für die einer anderen Website. Seine Verwaltung kann das beheben: Der '
        + 'Reverse-Proxy muss Host weitergeben, oder CCTVAllowOrigin muss diese Adresse nennen.',
      'not-found': 'Diese Kamera gibt es nicht, oder Sie dürfen sie nicht sehen.',
    },
    ended: {
      'not-playable': 'Kein Browser kann das Video dieser Kamera abspielen.',
      'codec': 'Dieser Browser spielt das Video dieser Kamera nicht ab. Ein anderer tut es vielleicht.',
      'unsupported': 'Dieser Browser hat kein WebRTC.',
      'no-video': 'Der Server hat kein Video.',
    },
  },
  notPlayableSource: 'Kein Browser kann diese Kamera abspielen: Ihr Video kommt nicht über RTSP oder RTP.',

  details: {
    status: 'Status',
    role: 'Rolle',
    video: 'Video',
    sound: 'Ton',
    direction: 'Richtung',
    position: 'Position',
    id: 'Nummer',
    yes: 'ja',
    no: 'nein',
    notKnown: 'nicht bekannt',
    fps: (value) => `${number(Math.round(value * 100) / 100)} Bilder/s`,
    failures: {
      'unreachable': 'Die Kamera ist nicht zu erreichen. Sie läuft, sobald sie wieder da ist.',
      'refused': 'Die Kamera lehnt die Verbindung ab. Sie läuft, sobald sie wieder da ist.',
      'login_refused': 'Die Kamera lehnt die Anmeldung des Servers ab.',
      'no_such_path': 'Die Kamera hat an der Adresse, die der Server kennt, kein Video.',
      'wants_other_transport': 'Die Kamera sendet ihr Video so, dass der Videoserver es nicht empfangen kann.',
      'no_video': 'Die Kamera sagt, dass sie kein Video hat.',
      'other_codec': 'Die Kamera sendet einen anderen Codec, als der Server erwartet.',
      'stopped_sending': 'Die Kamera sendet nichts. Sie läuft, sobald sie wieder da ist.',
      'b_frames': 'Das Bild bewegt sich schlecht: Die Kamera sendet B-Frames.',
      'no_parameter_sets': 'Dem Video der Kamera fehlen die Parametersätze, deshalb kann es nicht gezeigt werden.',
      'rare_keyframes': 'Warten auf ein Schlüsselbild, das die Kamera selten sendet…',
      'no_candidates': 'Der Videoserver findet keine Netzadresse, von der er senden kann. Neuer Versuch…',
    },
    wide: (degrees) => `${Math.round(degrees)}° breit`,
  },

  load: {
    unreachable: 'Der Server ist nicht zu erreichen. Was Sie sehen, kann veraltet sein. Neuer Versuch…',
    login: 'Sie sind nicht mehr angemeldet.',
    foreign: 'An der Stelle des Servers antwortet etwas anderes. Vielleicht müssen Sie sich neu anmelden.',
    forbidden: 'Sie dürfen die Kameras nicht sehen.',
    busy: 'Der Server hat zu viel zu tun. Neuer Versuch…',
    server: 'Der Server kann im Augenblick nicht antworten. Was Sie sehen, kann veraltet sein. Neuer Versuch…',
    refused: (status) => `Der Server hat die Anfrage abgelehnt (${status}).`,
  },

  hash: {
    nonsense: 'Die Adresse nennt keine Kamera: Sie muss mit #camera= und einer Nummer enden.',
    some: 'Einige Kameras in der Adresse sind keine Nummern und wurden weggelassen.',
    many: (most) => `Die Adresse nennt mehr als ${number(most)} Kameras: Die ersten ${number(most)} laufen.`,
  },
};
