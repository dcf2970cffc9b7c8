"""Test of the coalition sub-model on a past coalition: the model's own rules compared with the observed exits."""
