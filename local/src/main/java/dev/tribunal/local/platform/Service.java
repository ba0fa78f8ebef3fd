package dev.tribunal.local.platform;

import dev.tribunal.gateway.GatewayApplication;
import dev.tribunal.judge.JudgeServiceApplication;
import dev.tribunal.reward.RewardServiceApplication;
import dev.tribunal.trainer.TrainerServiceApplication;

/** The services, each the same Spring Boot application that is deployed alone elsewhere. */
enum Service {
    JUDGE("judge-service", JudgeServiceApplication.class),
    REWARD("reward-service", RewardServiceApplication.class),
    TRAINER("trainer-service", TrainerServiceApplication.class),
    GATEWAY("gateway", GatewayApplication.class);

    /** Also the name of its settings file on the class path. */
    final String title;

    final Class<?> application;

    Service(String title, Class<?> application) {
        this.title = title;
        this.application = application;
    }
}
