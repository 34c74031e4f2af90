"""The key providers: who keeps the keys that the data keys are wrapped under."""
