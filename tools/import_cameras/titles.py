"""The titles of columns that the import understands: for each column of the
table of cameras, the best ones first.

Titles are compared without case, accents, blanks and signs, so CameraLabel,
CAMERA_LABEL and "camera label" are one title."""

import re
import unicodedata

TITLES = {
    'external_id':
        'externalid extid cameraid camid cctvid webcamid cameraguid '
        'deviceguid camerauuid cameranumber camerano cameracode camerakey '
        'camerauid deviceid deviceuid '
        'assetid assetnumber equipmentid uid uuid guid globalid objectguid '
        'key identifier kameraid kameranummer id',
    'name':
        'name cameraname entityname cameralabel cameratitle camname camlabel '
        'displayname devicename commonname description cameradescription '
        'title label '
        'locationname locationdescription sitename desc descr caption nom '
        'nombre nome naam bezeichnung kameraname designation libelle '
        'intersection location address place site street road roadwayname '
        'roadway camera cam entity channelname channel',
    'longitude':
        'longitude lng lon long displaylongitude cameralongitude '
        'geolongitude gpslongitude longitudewgs84 wgs84longitude wgs84lon '
        'longitudedecimal longitudedd londd lond decimallongitude decimallon '
        'longdecimal loncoord longitud longitudine laengengrad langengrad '
        'laenge lange lengtegraad geolaenge geolange geolon geolng gpslon '
        'gpslng gpslong',
    'latitude':
        'latitude lat displaylatitude cameralatitude geolatitude gpslatitude '
        'latitudewgs84 wgs84latitude wgs84lat latitudedecimal latitudedd '
        'latdd latd decimallatitude decimallat latcoord latitud latitudine '
        'breitengrad breite breedtegraad geobreite geolat gpslat',
    'x': 'x xpos xcoord xcoordinate coordx pointx posx xcoordinates geox '
         'easting east eastings xkoordinate xm',
    'y': 'y ypos ycoord ycoordinate coordy pointy posy ycoordinates geoy '
         'northing north northings ykoordinate ym',
    'lat_lon': 'latlon latlng latlong latitudelongitude latitudeandlongitude '
               'latandlon latandlong latlongitude latlons latlngs',
    'lon_lat': 'lonlat lnglat longlat longitudelatitude xy '
               'longitudeandlatitude',
    'position':
        'geometry geom thegeom wkt ewkt wkb ewkb wkbgeometry wktgeometry '
        'geometrywkt geomwkt geojson shape point geopoint geopoint2d '
        'coordinates coordinate coords coord position gps gpscoordinates '
        'gpsposition gpslocation geolocation georeference geocoordinates '
        'geo georef locationcoordinates latlongcoordinates locationpoint '
        'koordinaten koordinate coordonnees coordenadas location',
    'stream_url':
        'streamurl rtspurl rtsp rtspaddress rtsplink rtspuri rtspstream '
        'rtspstreamurl rtspmain rtspmainstream mainstreamurl mainstreamuri '
        'mainstream primarystream primarystreamurl stream1 streamingvideourl '
        'streamingurl videostreamurl videostream streamuri streamaddress '
        'streamlink videourl videouri videolink videofeed videofeedurl '
        'livestreamurl livestream liveurl livevideourl stream hlsurl hls '
        'hlsstream m3u8 m3u8url feedurl feed video mediauri mediaurl url uri '
        'cameraurl camerauri cameralink camerafeed link address source src '
        'href endpoint connectionstring adresse streamadresse http https',
    'sub_stream_url':
        'substreamurl substream substreamuri substreamrtsp rtspsub '
        'rtspsubstream secondstream secondarystream secondarystreamurl '
        'secondstreamurl lowresstream lowstream lowresurl mobilestream '
        'streamurl2 stream2 url2 rtsp2 rtspurl2 stream2url '
        'lowresolutionstream suburl substreamaddress',
    'still_url':
        'stillurl snapshoturl snapshoturi snapshot still stillimage '
        'stillimageurl imageurl image currentimageurl jpegurl jpgurl jpeg jpg '
        'pictureurl picture photourl photo thumbnailurl thumbnail thumb '
        'previewurl preview posterurl imageuri imagelink staticimageurl '
        'staticurl snapshotlink stillpicture bild bildurl',
    'role': 'role camerarole accessrole rolename',
    'codec':
        'codec videocodec encoding videoencoding encodingtype codecname '
        'videocodecname videocompression compression compressiontype '
        'streamcodec encoder codectype videocoding videoformat videotype '
        'streamformat streamtype format',
    'profile': 'profile codecprofile videoprofile h264profile encodingprofile '
               'profilename',
    'width': 'width framewidth imagewidth videowidth resolutionwidth '
             'resolutionx widthpx pixelwidth horizontalresolution',
    'height': 'height frameheight imageheight videoheight resolutionheight '
              'resolutiony heightpx pixelheight verticalresolution',
    'size': 'resolution size framesize videosize imagesize videoresolution '
            'streamresolution imageresolution frameresolution dimensions '
            'dimension picturesize auflosung aufloesung maxresolution quality '
            'videoquality',
    'fps': 'fps framerate framespersecond framerates maxfps videofps '
           'frameratelimit maxframerate streamfps framesec framess '
           'bildrate avgframerate rframerate frequency',
    'audio': 'audio hasaudio audioenabled sound microphone mic withaudio '
             'audiosupport audiosupported audiocodec hassound',
    'heading': 'heading bearing azimuth compassheading cameraheading '
               'headingdegrees headingdeg azimuthdegrees compassbearing '
               'yaw orientation facing cameradirection viewdirection '
               'viewingdirection lookingdirection direction directionoftravel '
               'traveldirection compass compassdirection camdirection '
               'richtung blickrichtung coveragedirection',
    'field_of_view': 'fieldofview fov hfov horizontalfov viewangle '
                     'viewingangle angleofview horizontalfieldofview '
                     'horizontalangle lensangle openingangle '
                     'coveragefieldofview',
    'status': 'status camerastatus devicestatus onlinestatus '
              'connectionstatus networkstatus operationalstatus currentstatus '
              'isonline online inservice isactive active operational '
              'isoperational isworking working available isavailable connected '
              'isconnected '
              'enabled isenabled connectionstate devicestate camerastate '
              'state condition mode health',
    'disabled': 'disabled isdisabled outofservice offline isoffline inactive '
                'down isdown unavailable notworking outoforder',
    'user': 'username user login loginname loginuser userid camerauser '
            'camerausername cameralogin rtspuser rtspusername deviceuser '
            'deviceusername onvifuser onvifusername benutzer benutzername '
            'utilisateur usuario account accountname authuser',
    'password': 'password passwd pwd pass passcode userpassword '
                'camerapassword rtsppassword devicepassword onvifpassword '
                'loginpassword passwort kennwort motdepasse contrasena '
                'rtsppass camerapass authpassword pw',
}
# What may also be the title of something else: such a column is taken if most
# of its values are of the kind.
ONLY_IF_THEY_FIT = {
    'codec': set('compression compressiontype videoformat videotype '
                 'streamformat streamtype format encoder quality'.split()),
    'size': set('size dimensions dimension quality videoquality '
                'picturesize'.split()),
    'fps': {'frequency'},
    'status': set('state condition mode health enabled isenabled active '
                  'working available online connected operational'.split()),
    'disabled': set('down offline inactive unavailable'.split()),
    'heading': set('orientation facing compass yaw'.split()),
    'audio': {'audiocodec'},
    'profile': {'profilename'},
    'position': set('location geo shape point gps georef position'.split()),
    'x': {'east', 'xm'},
    'y': {'north', 'ym'},
}
# A last part of a title such as camera.location.latitude.
PART = re.compile(r'[./:>|]+')
TITLE_MAX = 200
IN_BRACKETS = re.compile(r'\s*[(\[{<].*?[)\]}>]')
# Words inside of titles that tell what a column has, for titles that are not
# in the lists.
WORD_OF = {
    'longitude': {'longitude', 'lng', 'lon', 'long', 'longitud',
                  'laengengrad', 'langengrad'},
    'latitude': {'latitude', 'lat', 'latitud', 'breitengrad'},
}
CAMEL = re.compile(r'(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])'
                   r'|(?<=[A-Za-z])(?=[0-9])')

RANK_OF = {column: {title: rank for rank, title in enumerate(titles.split())}
           for column, titles in TITLES.items()}
KNOWN = frozenset(title for ranks in RANK_OF.values() for title in ranks)


def without_accents(text):
    return ''.join(c for c in unicodedata.normalize('NFKD', text)
                   if not unicodedata.combining(c))


def squash(title):
    """Only letters and digits, in lower case."""
    return ''.join(c for c in without_accents(title).casefold()
                   if c.isalnum())


def words_of(title):
    return [word for word in re.split(
        r'[^a-z0-9]+', CAMEL.sub(' ', without_accents(title)).casefold())
            if word]


def forms_of(title):
    """The ways to read a title, the surest first: as a whole, without what is
    in brackets, and its last part."""
    title = title[:TITLE_MAX]
    forms = [squash(title), squash(IN_BRACKETS.sub('', title))]
    parts = [part for part in PART.split(title) if part.strip()]
    if len(parts) > 1:
        forms.append(squash(parts[-1]))
        forms.append(squash(''.join(parts[-2:])))
    return [form for form in dict.fromkeys(forms) if form]


def rank_of(title, column):
    """How well a title suits a column, 0 is best; None: it does not."""
    ranks = RANK_OF[column]
    if column in WORD_OF and all(words & set(words_of(title))
                                 for words in WORD_OF.values()):
        # "Lat/Long" is both.
        return None
    for penalty, form in enumerate(forms_of(title)):
        if form in ranks:
            return ranks[form] + 100 * penalty
    words = WORD_OF.get(column)
    if words and words & set(words_of(title)):
        return 500
    return None


def is_known(title):
    return any(form in KNOWN for form in forms_of(title)) or any(
        words & set(words_of(title)) for words in WORD_OF.values())
