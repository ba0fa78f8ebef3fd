package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.json.StorableText;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;

/**
 * JSON can escape half of a surrogate pair ({@code "\ud83d"}), which is not a character and which UTF-8 cannot say. Such
 * a text is refused where it is read; an answer that repeats one all the same says U+FFFD in its place.
 */
final class UnicodeText extends SimpleModule {

    UnicodeText() {
        super("unicode-text");
        addDeserializer(String.class, new Reader());
        addSerializer(String.class, new Writer());
    }

    private static final class Reader extends StdScalarDeserializer<String> {

        private Reader() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) {
            String text = StringDeserializer.instance.deserialize(parser, context);
            return text == null || StorableText.isWhole(text)
                    ? text
                    : (String) context.handleWeirdStringValue(
                            String.class, StorableText.whole(text), "half of a surrogate pair");
        }
    }

    private static final class Writer extends StdScalarSerializer<String> {

        private Writer() {
            super(String.class);
        }

        @Override
        public void serialize(String text, JsonGenerator generator, SerializationContext context) {
            generator.writeString(StorableText.whole(text));
        }
    }
}
