package dev.tribunal.servicekit.files;

import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.servicekit.files.JsonLines.Line;
import dev.tribunal.servicekit.files.JsonLines.LineVisitor;
import dev.tribunal.servicekit.files.JsonLines.Place;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;

/** Goes through a JSON array, element by element. After an element that is not JSON nothing more can be read. */
final class JsonArrayReader {

    private final Path file;
    private final Bounded content;
    private final LineVisitor visitor;
    private long number;

    JsonArrayReader(Path file, InputStream content, LineVisitor visitor) {
        this.file = file;
        this.content = new Bounded(new InputStreamReader(content, StandardCharsets.UTF_8.newDecoder()));
        this.visitor = visitor;
    }

    /** @return how many elements it has */
    long read() throws IOException {
        try (JsonParser parser = JsonValues.STRICT.createParser(content)) {
            parser.nextToken();
            while (next(parser) != JsonToken.END_ARRAY) {
                element(parser);
            }
            if (parser.nextToken() != null) {
                throw new InvalidLinesException(file, "is a JSON array with something after its end; remove that");
            }
            return number;
        } catch (JacksonIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new InvalidLinesException(
                        file,
                        "is not UTF-8 text after element " + number + "; if it is Windows' text, write it as UTF-8:"
                                + " iconv -f WINDOWS-1252 -t UTF-8");
            }
            throw e.getCause();
        } catch (JacksonException e) {
            throw new InvalidLinesException(
                    file,
                    "element " + number + " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + "): " + JsonValues.problem(e, ""));
        }
    }

    private JsonToken next(JsonParser parser) {
        number++;
        content.read = 0;
        JsonToken token = parser.nextToken();
        if (token == JsonToken.END_ARRAY) {
            number--;
        }
        return token;
    }

    private void element(JsonParser parser) {
        JsonLines.requireNotInterrupted();
        if (number > JsonLines.MAX_LINES) {
            throw new InvalidLinesException(
                    file, "has more than " + JsonLines.MAX_LINES + " elements; split it, and use one part");
        }
        Place place = new Place(true, number);
        JsonNode value = JsonValues.STRICT.readTree(parser);
        String mistake = null;
        try {
            JsonValues.checked(value);
        } catch (IllegalArgumentException e) {
            mistake = String.valueOf(e.getMessage());
        }
        if (mistake == null) {
            visitor.line(new Line(place, value));
        } else {
            visitor.malformed(place, mistake);
        }
    }

    /** Ends a file one element of which is too long to be held. */
    private final class Bounded extends FilterReader {

        private long read;

        Bounded(Reader in) {
            super(in);
        }

        /** The parser closes what it has read to the end; what follows in the file belongs to its digest. */
        @Override
        public void close() {}

        @Override
        public int read(char[] text, int from, int count) throws IOException {
            int got = super.read(text, from, count);
            read += got;
            if (read > JsonLines.MAX_LINE_BYTES) {
                throw new InvalidLinesException(
                        file,
                        "element " + number + ": has more than " + (JsonLines.MAX_LINE_BYTES >> 20)
                                + " MiB; each element is one object, and a prompt of that length fits no model");
            }
            return got;
        }
    }
}
