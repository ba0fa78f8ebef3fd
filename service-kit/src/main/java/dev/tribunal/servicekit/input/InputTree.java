package dev.tribunal.servicekit.input;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.error.WrongKind;
import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StrictJson;
import java.util.Set;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** The body of a request, JSON or YAML by its content type, as a tree. */
public final class InputTree {

    private static final Set<String> YAML_TYPES = Set.of("application/yaml", "application/x-yaml", "text/yaml");
    private static final ObjectMapper JSON =
            StrictJson.strict(JsonMapper.builder()).build();
    private static final YAMLMapper YAML =
            StrictJson.strict(YAMLMapper.builder()).build();

    private InputTree() {}

    /**
     * @throws TribunalException if the content type is neither, or the body is not what the type says, with the line
     *     and column; or if it is not an object
     */
    public static JsonNode parse(String body, String contentType) {
        ObjectMapper mapper = mapper(contentType);
        try {
            if (mapper instanceof YAMLMapper) {
                refuseAliases(body);
            }
            JsonNode tree = mapper.readTree(body);
            if (!tree.isObject()) {
                throw malformed("The body is " + Shown.of(tree) + ", must be an object.");
            }
            return tree;
        } catch (JacksonException e) {
            throw malformed("The body cannot be read" + WrongKind.place(e) + ".");
        }
    }

    private static ObjectMapper mapper(String contentType) {
        try {
            MediaType type = MediaType.parseMediaType(contentType);
            String plain = type.getType() + "/" + type.getSubtype();
            if (YAML_TYPES.contains(plain)) {
                return YAML;
            }
            if (plain.equals(MediaType.APPLICATION_JSON_VALUE)) {
                return JSON;
            }
        } catch (InvalidMediaTypeException e) {
            // Refused below, like any other type that is not ours.
        }
        throw new TribunalException(
                CommonError.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type is '" + contentType + "', must be application/json or application/yaml.");
    }

    /** An alias repeats what its anchor holds, and aliases of aliases repeat it a billion times: no input needs one. */
    private static void refuseAliases(String body) {
        try (YAMLParser parser = (YAMLParser) YAML.createParser(body)) {
            while (parser.nextToken() != null) {
                if (parser.isCurrentAlias()) {
                    throw malformed("The body uses a YAML alias (*" + parser.getString() + ") at line "
                            + parser.currentTokenLocation().getLineNr() + "; write the value out instead.");
                }
            }
        }
    }

    private static TribunalException malformed(String detail) {
        return new TribunalException(CommonError.MALFORMED_REQUEST, detail);
    }
}
