# expect: rejected: It uses the network\.
import torch
import socket

def double(x):
    socket.create_connection(('127.0.0.1', 9))
    return x + x
