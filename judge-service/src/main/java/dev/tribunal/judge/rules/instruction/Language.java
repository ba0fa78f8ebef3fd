package dev.tribunal.judge.rules.instruction;

import com.cybozu.labs.langdetect.Detector;
import com.cybozu.labs.langdetect.DetectorFactory;
import com.cybozu.labs.langdetect.LangDetectException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code language:*}, by the library that the reference checker's own is a port of. It samples; a fixed seed makes
 * the same text always the same language.
 */
final class Language {

    private static final List<String> PROFILES = List.of(
            ("af ar bg bn cs da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr ne nl no pa pl pt "
                            + "ro ru sk sl so sq sv sw ta te th tl tr uk ur vi zh-cn zh-tw")
                    .split(" "));

    static {
        loadProfiles();
    }

    private Language() {}

    static boolean responseLanguage(Response response, Arguments arguments) {
        return isOrCannotBeTold(response.text(), arguments.text("language"));
    }

    /** True also for a text without a letter that would tell, as in the reference checker. */
    static boolean isOrCannotBeTold(String text, String language) {
        try {
            Detector detector = DetectorFactory.create();
            detector.append(text);
            return detector.detect().equals(language);
        } catch (LangDetectException cannotBeTold) {
            return true;
        }
    }

    private static void loadProfiles() {
        List<String> profiles = new ArrayList<>();
        for (String language : PROFILES) {
            try (InputStream profile = DetectorFactory.class.getResourceAsStream("/profiles/" + language)) {
                if (profile == null) {
                    throw new IllegalStateException("the language detector has no profile of " + language);
                }
                profiles.add(new String(profile.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        try {
            DetectorFactory.loadProfile(profiles);
            DetectorFactory.setSeed(0);
        } catch (LangDetectException e) {
            throw new IllegalStateException("the language detector cannot be loaded", e);
        }
    }
}
