package dev.tribunal.languagemodel.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateDateTest {

    @Test
    void theEnvironmentFixesIt() {
        assertThat(TemplateDate.of(Map.of(TemplateDate.VARIABLE, "2024-07-26")).get())
                .isEqualTo(LocalDateTime.of(2024, 7, 26, 0, 0));
        assertThat(TemplateDate.of(Map.of(TemplateDate.VARIABLE, "2024-07-26T13:05:09"))
                        .get())
                .isEqualTo(LocalDateTime.of(2024, 7, 26, 13, 5, 9));
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        assertThat(TemplateDate.of(Map.of()).get()).isBetween(now.minusMinutes(1), now.plusMinutes(1));
    }

    @Test
    void whatIsNoDateIsRefused() {
        assertThatThrownBy(() -> TemplateDate.of(Map.of(TemplateDate.VARIABLE, "26 July")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'26 July'")
                .hasMessageContaining("2024-07-26");
    }
}
